"""A return of Camden for 2024 to 2025: what the register counts of its five cases, the rest, when it is signed."""

from datetime import UTC, date, datetime

from data_returns.models import Figure, Return

AT = datetime(2025, 6, 2, 10, tzinfo=UTC)
TURNED_ON = date(2025, 1, 1)
REGISTER = {"q1_l1": 3, "q1_l1_police": 2, "q1_l1_csc": 1, "q1_l1_yos": 0, "q1_l1_probation": 0}
REGISTER |= {"q1_l1_other": 0, "q1_l2": 2, "q1_l3": 0, "q2_l1": 1, "q2_l2": 0, "q2_l3": 0}
REGISTER |= {"q4_l1": 0, "q4_l2": 1, "q4_l3": 0}
REST = {f"q{n}_l{level}": 0 for n in (3, 5, 6) for level in (1, 2, 3)}
REST |= {f"q7_l{level}_{band}": 0 for level in (1, 2, 3) for band in ("low", "medium", "high", "veryhigh")}


def explain(key: str, register: int | None, reason: str = "Entered after the day.") -> None:
    Figure.objects.filter(key=key).update(register=register, reason=reason)


def reread(data_return: Return) -> Return:
    return Return.objects.get(pk=data_return.pk)
