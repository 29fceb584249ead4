"""A meeting that was held two days ago, its pages, and a decision about one of its cases."""

from datetime import date

from meetings.actions import decisions
from meetings.record import Record

BASE = "/meetings/CMD-M-2024-001/decisions/"
HELD, TODAY = date(2024, 5, 1), date(2024, 5, 3)
SECRET = "Mr Penhaligon keeps a second telephone"


def decide(discussion, by, revision=1, **values):
    values = {"said": Record(risk=SECRET), "level_decided": 2} | values
    return decisions.record_discussion(discussion, by=by, revision=revision, today=TODAY, **values)
