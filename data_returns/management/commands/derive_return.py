"""A signed return's figures, derived again from the evidence that was frozen with the signature."""

import sys
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError

from boards.models import Territory
from boards.scope import scope
from data_returns.evidence import derived, digest, is_kept
from data_returns.models import Figure, Return
from data_returns.proof import comparisons
from data_returns.register import Count

COLUMNS = ("figure", "signed", "derived", "equal")
WIDTHS = (24, 10, 34, 40)


class Command(BaseCommand):
    help = (
        "Derive the figures of a signed data return again from its evidence, and hold the return against what was"
        " signed: its hash, the event of the signing, the sealed file. Exit status 1 if a figure cannot be explained"
        " (it differs from what was counted at signing, or from the signed figure without a reason) or a comparison"
        " fails."
    )

    def add_arguments(self, parser):
        parser.add_argument("reference", metavar="REFERENCE", help="like CMD-R-2025-001")
        parser.add_argument("--number", type=int, help="of the version; without it the newest signed one")

    def handle(self, *, reference, number, **options):
        borough = Territory.objects.filter(
            kind=Territory.Kind.BOROUGH, code=reference.partition("-")[0]
        ).first()
        if borough is None:
            raise CommandError(f"No borough’s references begin like “{reference}”.")
        with scope({borough.pk, borough.parent_id}):
            found = _signed(borough, reference, number)
            lines, held = list(_lines(found)), list(comparisons(found))
        self.stdout.write(f"{found.reference}, version {found.number}, signed {found.signed_at:%Y-%m-%d}")
        self.stdout.write(f"evidence sha256 {digest(found.evidence)}")
        for line in (COLUMNS, *lines):
            self.stdout.write(
                "".join(f"{cell!s:<{w}}" for cell, w in zip(line, WIDTHS, strict=True)).rstrip()
            )
        self.stdout.write("held against what was signed")
        for one in held:
            self.stdout.write(f"{one.what}: {one.said}")
        if any(equal == NO for *_, equal in lines) or not all(one.holds for one in held):
            sys.exit(1)


YES, NO, NOT_HELD = "yes", "no", "not held against it"


def _signed(borough: Territory, reference: str, number: int | None) -> Return:
    found = Return.objects.filter(territory=borough, reference=reference).signed()
    found = found.select_related("territory", "board", "document")
    found = (found.filter(number=number) if number else found).order_by("-number").first()
    if found is None:
        raise CommandError(f"{borough} has no signed return {reference}.")
    if not is_kept(found):
        raise CommandError(f"{reference} was signed before evidence was kept.")
    return found


def _lines(data_return: Return) -> Iterator[tuple]:
    figures = {figure.key: figure for figure in data_return.figures.all()}
    then = data_return.evidence["register"]
    for key, count in derived(data_return).items():
        figure = figures.get(key)
        said = "not known" if figure is None or figure.value is None else figure.value
        yield key, said, count.in_words, _equal(figure, count, then.get(key))


def _equal(figure: Figure | None, count: Count, then: int | None) -> str:
    if (None if count.unknown else count.number) != then:
        return NO
    if count.unknown or figure is None or figure.value is None:
        return NOT_HELD
    if figure.value == count.number:
        return YES
    return f"explained: {figure.reason}" if figure.reason and figure.register == count.number else NO
