"""The ledger of disclosures: the borough's list, its export, one trail on page and paper."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.views.generic import TemplateView

from audit.events import record
from boards.models import AreaSettings
from documents.apart import render_apart
from mappa_portal.exceptions import Conflict
from mappa_portal.exports import csv_download
from mappa_portal.limits import limit
from mappa_portal.pagination import keyset, sorting
from mappa_portal.templatetags.govuk import short_date, tag
from mappa_portal.words import OFFICIAL_SENSITIVE, long_date
from referrals import actions
from referrals.disclosing.ratifying import ratifying
from referrals.disclosing.terms import BASES, CIRCUMSTANCES, ROLES, SCHEMES
from referrals.disclosing.words import BESIDE, COLOURS, NEXT, standing, trail
from referrals.forms.disclosure_finding import DisclosureFilterForm, FindRecipientForm
from referrals.models import Disclosure
from referrals.rules import DISCLOSURE_RULES, disclosing_units, keeps_no_ledger

ELSEWHERE = "A ledger of disclosures stays with the borough’s MAPPA unit. Ask its administrator or its chair."
COLUMNS = (
    ("reference", "Reference"),
    ("opened", "Opened"),
    ("case", "Case"),
    ("status", "Status"),
    ("circumstances", "Circumstances"),
    ("recipient", "Recipient"),
    ("due", "Next date"),
)
SORTS = {
    "opened": ("opened_on", "pk"),
    "reference": ("reference", "pk"),
    "case": ("case__reference", "pk"),
    "status": ("status", "pk"),
}


class LedgerMixin(LoginRequiredMixin):
    """For the people who keep a ledger; the area's office is told whom to ask, for everybody else there is none."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not self.units:
            if keeps_no_ledger(request.user):
                raise PermissionDenied(ELSEWHERE)
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def units(self):
        return disclosing_units(self.request.user)


class DisclosureList(LedgerMixin, TemplateView):
    template_name = "referrals/disclosures.html"

    def get_context_data(self, **kwargs):
        form = DisclosureFilterForm(self.request.GET or None)
        asked = form.asked
        sort, order = sorting(self.request, SORTS, "-opened")
        page = keyset(self.found(asked), self.request, *order)
        context = {
            "filters": form,
            "filtered": any(asked.values()),
            "page": page,
            "columns": [(name if name in SORTS else "", label) for name, label in COLUMNS],
            "plain": [label for _, label in COLUMNS],
            "rows": [_row(d, localdate()) for d in page],
            "sort": sort,
            "find": FindRecipientForm(),
        }
        return super().get_context_data(**context | kwargs)

    def found(self, asked: dict):
        mine = Disclosure.objects.for_user(self.request.user).filter(organisation__in=self.units)
        return DisclosureFilterForm.narrowed(mine.select_related("case"), asked)


class DisclosureExport(DisclosureList):
    """The same list as a table: references, never names."""

    def get(self, request):
        form = DisclosureFilterForm(request.GET or None)
        for unit in self.units:
            record("disclosures.exported", unit, by=request.user)
        rows = [_exported(d) for d in self.found(form.asked).order_by("-opened_on", "-pk")]
        columns = (
            "Reference",
            "Case",
            "Opened",
            "Status",
            "Scheme",
            "Circumstances",
            "Basis",
            "Recipient",
            "Review",
        )
        return csv_download("disclosures.csv", columns, rows, marking=OFFICIAL_SENSITIVE)


def link(disclosure: Disclosure):
    url = reverse("disclosures:disclosure", args=[disclosure.reference])
    return format_html('<a class="govuk-link" href="{}">{}</a>', url, disclosure.reference)


def state_tag(disclosure: Disclosure):
    return tag(disclosure.get_status_display(), COLOURS[disclosure.status])


def _names(codes, names: dict) -> str:
    return "; ".join(names[code] for code in codes if code in names)


def _row(disclosure: Disclosure, today) -> list:
    return [
        link(disclosure),
        short_date(disclosure.opened_on),
        disclosure.case.reference,
        state_tag(disclosure),
        ", ".join(disclosure.circumstances) or SCHEMES.get(disclosure.scheme, "None recorded"),
        _names(disclosure.roles, ROLES) or "None yet",
        next_date(disclosure, today),
    ]


def next_date(disclosure: Disclosure, today):
    day = min(filter(None, (disclosure.due_on, disclosure.review_on)), default=None)
    if day is None:
        return "No date"
    return format_html("{} {}", short_date(day), tag("Overdue", "orange") if day < today else "")


def _exported(disclosure: Disclosure) -> list:
    return [
        disclosure.reference,
        disclosure.case.reference,
        disclosure.opened_on,
        disclosure.get_status_display(),
        disclosure.scheme.upper(),
        _names(disclosure.circumstances, CIRCUMSTANCES),
        "; ".join(BASES[code].name for code in disclosure.bases),
        _names(disclosure.roles, ROLES),
        disclosure.review_on,
    ]


# -- One trail --


def disclosure_of(request, reference: str, rule: str = "see") -> Disclosure:
    mine = Disclosure.objects.for_user(request.user).prefetch_related(
        "entries__by", "entries__organisation__names"
    )
    full = mine.select_related("territory__parent", "organisation", "case")
    found = get_object_or_404(full, reference=reference)
    if found.erased_at:
        raise Conflict(f"This disclosure was erased on {long_date(found.erased_at)}.")
    DISCLOSURE_RULES.require(rule, found, by=request.user)
    return found


@login_required
def disclosure(request, reference: str):
    found = actions.look_at(disclosure_of(request, reference), by=request.user)
    allowed = DISCLOSURE_RULES.allowed(request.user, found)
    following, unratified = found.state.next, found.state.awaits_ratification
    decided = [(found, found.state.decision.on)] if unratified else []
    [panel] = ratifying(decided, localdate()) or [None]
    waits = panel and not panel.is_heard  # for a panel first, then for its chair
    context = {
        "disclosure": found,
        "tag": state_tag(found),
        "rows": standing(found),
        "lines": trail(found),
        "clocks": [_clock(due) for due in found.state.clocks],
        "clock_columns": ("Step", "Due", "Done"),
        "next": (following, NEXT[following]) if following in allowed else None,
        "waits_for": NEXT[following] if following and following not in allowed and not waits else "",
        "ratifying": panel,
        "beside": [(k, label) for k, label in BESIDE.items() if k in allowed and k != following],
    }
    return render(request, "referrals/disclosure.html", context)


def _clock(due) -> tuple:
    late = tag("Overdue", "orange") if due.is_overdue(localdate()) else ""
    done = short_date(due.done_on) if due.done_on else "Not yet"
    return due.name, short_date(due.due_on), format_html("{} {}", done, late)


@login_required
def pdf(request, reference: str):
    """The taking away is recorded; the file is made for this person and not kept."""
    found = disclosure_of(request, reference)
    limit("disclosure", request.user.pk, most=20, seconds=600)
    actions.look_at(found, by=request.user, name="disclosure.downloaded")
    marking = AreaSettings.objects.get(territory=found.territory.area.pk).marking
    document = {
        "reference": found.reference,
        "case": found.case.reference,
        "unit": found.organisation.name,
        "status": found.get_status_display(),
        "marking": marking,
        "rows": standing(found),
        "lines": trail(found),
    }
    data = render_apart(
        "pdf/disclosure.html",
        {"document": document},
        title=f"Disclosure {found.reference}",
        marking=marking,
        identifier=f"{found.reference}-{found.state.count}",
        reference=f"{found.reference}, {found.state.count} entries",
        created=timezone.now(),
    )
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{found.reference}.pdf")
    response["Content-Security-Policy"] = "sandbox"
    return response
