"""The REST door of the room: referrals in figures."""

from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.events import record
from boards.models import Organisation, Territory
from mappa_portal.exports import CsvRenderer
from mappa_portal.limits import limit
from mappa_portal.words import OFFICIAL, OFFICIAL_SENSITIVE
from referrals.actions.figures import agencies_of, told
from referrals.models import Referral, ReferralRelease
from referrals.referring.figures import Period, figures
from referrals.referring.margins import BY, Line, lines
from referrals.referring.rules import registers_of

RESTRICTED, SHAREABLE = "restricted", "shareable"


class LineSerializer(serializers.Serializer):
    by = serializers.ChoiceField(choices=list(BY), help_text="What is counted apart.")
    of = serializers.CharField(help_text="Slug of the agency, number of the category, or the outcome.")
    label = serializers.CharField()
    value = serializers.FloatField(allow_null=True, help_text="Null if it is hidden or not available.")
    symbol = serializers.CharField(help_text="c: hidden to protect people; x: not available; else empty.")
    suppressed = serializers.BooleanField()


class ReferralFiguresSerializer(serializers.Serializer):
    borough = serializers.SlugField()
    year = serializers.CharField(help_text="Reporting year, like 2024/25.")
    rendition = serializers.ChoiceField(choices=[RESTRICTED, SHAREABLE])
    counted = serializers.ChoiceField(
        choices=["all", "own"], help_text="own: those that your agencies sent; all: of the borough."
    )
    as_at = serializers.DateTimeField(
        allow_null=True, help_text="When they were released; null: counted now."
    )
    results = LineSerializer(many=True)


def _parameter(name: str, description: str, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.QUERY, required=required, description=description)


@method_decorator(conditional_page, name="dispatch")
class ReferralFiguresView(APIView):
    """Referrals of a borough first sent in a reporting year, by agency, category and outcome, and how soon heard.

    Exact for those who keep or wrote them, counted now; for everybody else in the area as they were released, with
    small numbers hidden.
    """

    def get_renderers(self):
        return [*super().get_renderers(), CsvRenderer()]

    @extend_schema(
        tags=["referrals"],
        operation_id="referral_figures",
        parameters=[
            _parameter("borough", "Slug of the borough, like camden.", required=True),
            _parameter("year", "Reporting year, like 2024/25.", required=True),
            _parameter("rendition", "restricted or shareable; without it the most that you may see."),
        ],
        responses=ReferralFiguresSerializer,
    )
    def get(self, request):
        borough, year, wanted = _asked(request.query_params)
        registers = registers_of(request.user, borough) if wanted != SHAREABLE else []
        if registers:
            answer, found, subject = _exact(request.user, borough, year, registers)
        elif wanted == RESTRICTED:
            raise Http404
        else:
            answer, found, subject = _released(request.user, borough, year)
        if request.accepted_renderer.format == CsvRenderer.format:
            self.marking = OFFICIAL if answer["rendition"] == SHAREABLE else OFFICIAL_SENSITIVE
            limit("referrals.csv", request.user.pk, most=30)
            values = {"by": request.user, "after": {"rows": len(found)}}
            record("referrals.exported", subject, territory=borough if registers else None, **values)
        common = {"borough": borough.slug, "year": f"{year}/{(year + 1) % 100:02}"}
        return Response(common | answer | {"results": [_row(line) for line in found]})


def _exact(
    user, borough: Territory, year: int, registers: list[Organisation]
) -> tuple[dict, list[Line], object]:
    is_unit = any(o.kind == Organisation.Kind.UNIT for o in registers)
    mine = Referral.objects.read_by(user).filter(territory=borough).listed()
    own = {o.slug: o.name for o in registers}
    found = lines(figures(mine, Period.of_year(year)), agencies_of(borough) if is_unit else own)
    counted = "all" if is_unit else "own"
    return {"rendition": RESTRICTED, "counted": counted, "as_at": None}, found, borough


def _released(user, borough: Territory, year: int) -> tuple[dict, list[Line], object]:
    made = ReferralRelease.objects.for_user(user).filter(about=borough, year=year).first()
    if made is None:
        raise Http404
    return {"rendition": SHAREABLE, "counted": "all", "as_at": made.released_at}, told(made), made


def _row(line: Line) -> dict:
    has_number = not isinstance(line.value, str)
    return asdict(line) | {
        "value": line.value if has_number else None,
        "symbol": "" if has_number else line.value,
        "suppressed": line.is_hidden,
    }


def _asked(values) -> tuple[Territory, int, str]:
    """ValidationError names what is wrong."""
    slug, faults = values.get("borough") or "", {}
    borough = (
        Territory.objects.filter(kind=Territory.Kind.BOROUGH, slug=slug).select_related("parent").first()
    )
    if borough is None:
        faults["borough"] = f"There is no borough “{slug}”." if slug else "Name the borough."
    year = _year(values.get("year") or "")
    if year is None:
        faults["year"] = "Year must be a reporting year, like 2024/25."
    wanted = values.get("rendition") or ""
    if wanted not in ("", RESTRICTED, SHAREABLE):
        faults["rendition"] = f"Rendition must be {RESTRICTED} or {SHAREABLE}."
    if faults:
        raise ValidationError(faults)
    return borough, year, wanted


def _year(written: str) -> int | None:
    first, _, second = written.partition("/")
    if not (first.isdecimal() and first.isascii() and len(first) == 4 and int(first) >= 2000):
        return None
    return int(first) if second == f"{(int(first) + 1) % 100:02}" else None
