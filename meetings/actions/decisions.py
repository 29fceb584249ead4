"""What a meeting decided about one case."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.events import record
from boards.models import AreaSettings
from mappa_portal.exceptions import StaleEdit
from mappa_portal.words import long_date, plural
from meetings.ages import state_age
from meetings.models import Discussion
from meetings.performance import figures
from meetings.record import TEXTS, Record
from meetings.rules import DISCUSSION_RULES
from referrals.actions.levels import change_level
from referrals.clock import due_on
from referrals.looking import reason_to_open
from referrals.models import LevelPeriod

DECIDED = ("risk_of_harm", "disclosure_considered", "level_decided", "next_review_on")


def take(discussion: Discussion) -> Discussion:
    """Locked to the end of the transaction, as it stands now."""
    found = Discussion.objects.select_for_update(of=["self", "meeting"])
    return found.select_related("case", "meeting__organisation", "meeting__territory").get(pk=discussion.pk)


@transaction.atomic
def look(discussion: Discussion, *, by) -> Record:
    """The one way to what was said: it leaves an event (H1)."""
    DISCUSSION_RULES.require("record", discussion, by=by)
    why = reason_to_open([discussion.case], by=by)
    record("discussion.viewed", discussion, by=by, reference=discussion.meeting.reference, reason=why)
    return Record.opened(discussion.record)


@transaction.atomic
def record_discussion(
    discussion: Discussion,
    *,
    said: Record,
    risk_of_harm: str = "",
    disclosure_considered: bool | None = None,
    level_decided: int | None = None,
    ending: str = "",
    next_review_on: date | None = None,
    under_18: bool | None = None,
    revision: int,
    by,
    today: date,
) -> Discussion:
    """Without a day for the next review it is the one that the area's interval gives for the level decided.

    ``ending``: why active management ends, where the case goes down to level 1.
    """
    discussion = take(discussion)
    DISCUSSION_RULES.require("record", discussion, by=by)
    if discussion.revision != revision:
        raise StaleEdit(discussion)
    before = _values(discussion)
    held_on, level_before = discussion.meeting.held_on, discussion.level_decided
    discussion.risk_of_harm, discussion.disclosure_considered = risk_of_harm, disclosure_considered
    discussion.level_decided = level_decided
    discussion.next_review_on = _next_review(discussion, next_review_on) if level_decided else None
    state_age(discussion, held_on, under_18)
    discussion.record = said.sealed()
    after = _values(discussion)
    changed = {name for name in after if after[name] != before[name]}
    if not changed:
        return discussion
    discussion.revision += 1
    discussion.save(update_fields=[*DECIDED, "under_18", "under_18_stated", "record", "revision"])
    if "under_18" in changed:
        figures.changed(discussion.territory_id, [held_on])
    if level_decided and level_decided != level_before:
        _manage_at(discussion, ending, by, today)
    old, new = ({name: _kept(values, name) for name in changed} for values in (before, after))
    record(
        "discussion.recorded",
        discussion,
        by=by,
        before=old,
        after=new,
        reference=discussion.meeting.reference,
    )
    return discussion


def _manage_at(discussion: Discussion, ending: str, by, today: date) -> None:
    """From the day of the meeting; a level that began after it was decided later and stays."""
    present = present_level(discussion)
    level, day = discussion.level_decided, discussion.meeting.held_on
    case = discussion.case.kept
    stands = case.ended_on or (present is None and case.levels.exists())
    if stands or (present and present.level == level):
        return
    said = {"reason": f"Decided in {discussion.meeting.reference}", "ending": ending}
    change_level(case, level=level, starts_on=day, **said, today=today, by=by)


def present_level(discussion: Discussion) -> LevelPeriod | None:
    """What a decision would change: the case's level, unless it began after the meeting or the case stands still."""
    return discussion.case.kept.levels.filter(ends_on=None, starts_on__lte=discussion.meeting.held_on).first()


def _next_review(discussion: Discussion, chosen: date | None) -> date:
    held_on = discussion.meeting.held_on
    settings = AreaSettings.objects.get(territory=discussion.territory.area.pk)
    latest = due_on(discussion.level_decided, held_on, settings)
    if chosen and chosen <= held_on:
        text = f"Next review must be after {long_date(held_on)}, the day of the meeting"
        raise ValidationError({"next_review_on": text})
    if chosen and chosen > latest:
        interval = {
            1: plural(settings.level1_review_months, "month"),
            2: plural(settings.level2_review_days // 7, "week"),
            3: plural(settings.level3_review_days // 7, "week"),
        }[discussion.level_decided]
        text = f"Next review must be by {long_date(latest)}, {interval} after the last"
        raise ValidationError({"next_review_on": text})
    return chosen or latest


def _values(discussion: Discussion) -> dict:
    said = Record.opened(discussion.record)
    texts = {name: getattr(said, name) for name in TEXTS}
    return {name: getattr(discussion, name) for name in (*DECIDED, "under_18")} | texts


def _kept(values: dict, name: str):
    """Of what may name people the event says that it changed, and no more."""
    return "text" if name in TEXTS and values[name] else values[name] or None
