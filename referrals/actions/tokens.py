"""The blind index of cases: written with the particulars, rebuilt when the key is replaced (H4)."""

from collections.abc import Iterable

from django.db import transaction

from accounts.vault import reseal
from boards.models import Territory
from referrals.models import Case, LevelPeriod, Token
from referrals.personal import Person

BATCH = 500


def write_tokens(cases: Iterable[Case]) -> None:
    """Make the blind index of these cases what their particulars say (H4)."""
    cases = list(cases)
    Token.objects.filter(case__in=[case.pk for case in cases]).delete()
    Token.objects.bulk_create(
        (
            Token(territory_id=case.territory_id, case=case, kind=kind, token=token)
            for case in cases
            for kind, token in Person.opened(case.personal).tokens()
        ),
        batch_size=5_000,
    )


@transaction.atomic
def rebuild(borough: Territory) -> int:
    """Everything sealed here, and its index, under the present key; twice is the same as once."""
    ids = list(Case.objects.filter(territory=borough).values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        held = Case.objects.select_for_update().exclude(personal="").order_by("pk")
        cases = list(held.filter(pk__in=ids[start : start + BATCH]))
        for case in cases:
            case.personal = reseal(case.personal)
        Case.objects.bulk_update(cases, ["personal"])
        write_tokens(cases)
    periods = list(LevelPeriod.objects.select_for_update().filter(territory=borough).exclude(reason=""))
    for period in periods:
        period.reason = reseal(period.reason)
    LevelPeriod.objects.bulk_update(periods, ["reason"], batch_size=BATCH)
    return len(ids)
