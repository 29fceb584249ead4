"""The blind index of cases: written with the particulars, and anew when the key is replaced (H4)."""

from collections.abc import Iterable

from referrals.models import Case, Token
from referrals.personal import Person


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
