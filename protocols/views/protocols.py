"""Protocols: the list, one protocol, its paper forms, what happened to it."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.generic import DetailView, TemplateView

from boards.access import ForUserMixin
from boards.models import AreaSettings
from boards.rules import may
from boards.switcher import preset
from documents.views import deliver
from mappa_portal.exceptions import Conflict
from mappa_portal.exports import csv_download
from mappa_portal.pagination import keyset, sorting
from mappa_portal.words import OFFICIAL_SENSITIVE
from protocols import listing, timeline, waiting
from protocols.exports import limit_exports, record_export
from protocols.forms import FilterForm
from protocols.home import AHEAD
from protocols.models import Approval, Protocol, Version
from protocols.rules import APPROVAL_RULES, PROTOCOL_RULES, REVIEW_RULES, SIGNATURE_RULES, VERSION_RULES
from protocols.views.fetch import lines_of, newest_of, protocol_of

RECENT = 5


class ProtocolList(LoginRequiredMixin, TemplateView):
    template_name = "protocols/list.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, localdate()
        asked = preset(self.request, "borough")
        form = FilterForm(asked or None, boroughs=listing.boroughs_of(user))
        sort, order = sorting(self.request, listing.ORDER, "reference")
        page = keyset(_narrowed(self.request, form, today), self.request, *order)
        return super().get_context_data(
            **kwargs,
            filters=form,
            filtered=any(chosen(form).values()),
            sort=sort,
            page=page,
            rows=listing.rows(page, today),
            may_start=bool(waiting.offices_of(user)),
            may_approve=waiting.approves(user),
            today=today,
            query=asked.urlencode(),
        )


def chosen(form: FilterForm) -> dict:
    """What was asked for and is on offer; the rest counts as not asked."""
    form.is_valid()
    return getattr(form, "cleaned_data", {})


def _narrowed(request, form: FilterForm, today):
    return listing.narrowed(listing.protocols_for(request.user), chosen(form), today)


@login_required
def export(request):
    """The rows of the list, all of them; recorded before anything leaves."""
    limit_exports(request.user)
    today = localdate()
    form = FilterForm(request.GET or None, boroughs=listing.boroughs_of(request.user))
    found = _narrowed(request, form, today).select_related("territory").order_by("reference")
    rows = listing.rows(found, today)
    record_export((row.protocol for row in rows), by=request.user)
    name = f"protocols-{today}.csv"
    return csv_download(name, listing.COLUMNS, (row.cells for row in rows), marking=OFFICIAL_SENSITIVE)


# -- One protocol --


@dataclass(frozen=True)
class Step:
    """The next thing that the law or the protocol asks for, if it is this person's to do."""

    label: str
    url: str


class ProtocolMixin(LoginRequiredMixin, ForUserMixin):
    queryset = Protocol.objects.select_related(
        "territory", "about", "board", "organisation", "template__organisation"
    )
    slug_field = slug_url_kwarg = "reference"
    context_object_name = "protocol"

    def get_context_data(self, **kwargs):
        shown = asked_version(self.request, self.object)
        return super().get_context_data(
            **kwargs,
            version=shown,
            lines=lines_of(shown),
            approvals=list(
                shown.approvals.select_related("organisation", "recorded_by", "carried_from__version")
            ),
            signatures=list(shown.signatures.select_related("organisation", "signed_by")),
        )


def asked_version(request, protocol: Protocol) -> Version:
    """The one asked for, else the one in force, else the newest."""
    versions = protocol.versions.select_related("about", "document", "template_version__template", "protocol")
    if asked := request.GET.get("version"):
        if not asked.isdecimal() or len(asked) > 5:
            raise Http404
        return get_object_or_404(versions, number=int(asked))
    return versions.in_force().first() or versions.first()


class ProtocolDetail(ProtocolMixin, DetailView):
    template_name = "protocols/detail.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, newest = self.request.user, newest_of(self.object)
        consulted = newest.status == Version.Status.CONSULTATION
        wanted = (
            newest.approvals.filter(decision=Approval.Decision.CHANGES)
            if consulted
            else Approval.objects.none()
        )
        versions = list(self.object.versions.all())
        allowed = VERSION_RULES.allowed(user, newest)
        drafter = may(user, "draft_protocol", self.object)
        recent = list(timeline.events_of_protocol(self.object).order_by("-seq")[: RECENT + 1])
        review = self.object.reviews.open().order_by("due_on").first()
        return context | {
            "newest": newest,
            "replaced_by": _visible(user, pk=self.object.replaced_by_id).first(),
            "replaces": _visible(user, replaced_by=self.object),
            "versions": versions,
            "in_force": next((v for v in versions if v.status == Version.Status.IN_FORCE), None),
            "allowed": allowed,
            "may_review": PROTOCOL_RULES.allowed(user, self.object),
            "waits_for": waits_for(self.object, newest),
            "correctable": [
                a.position for a in context["approvals"] if "correct_date" in APPROVAL_RULES.allowed(user, a)
            ],
            "changes_wanted": list(wanted.select_related("organisation")),
            "step": next_step(user, newest, allowed, review),
            "review": review,
            "review_state": listing.review_state(self.object.review_due, localdate()),
            "moments": timeline.moments(recent[:RECENT], with_values=False),
            "more_moments": len(recent) > RECENT,
            "drafter": drafter,
            "today": localdate(),
        }


def _visible(user, **which):
    return Protocol.objects.for_user(user).filter(**which).order_by("reference")


def waits_for(protocol: Protocol, newest: Version) -> str:
    if newest.is_draft:
        return protocol.organisation.name
    return " and ".join(waiting.waits_for([newest.pk]).get(newest.pk, []))


def next_step(user, newest: Version, allowed: set[str], review) -> Step | None:
    protocol = newest.protocol
    if "edit" in allowed:
        return _step("Continue the draft", "draft", protocol)
    if newest.status == Version.Status.CONSULTATION:
        if _open_to(user, newest.approvals.select_related("organisation"), APPROVAL_RULES, "decide"):
            return _step("Read and decide", "approve", protocol)
        if "start_next" in allowed and newest.approvals.filter(decision=Approval.Decision.CHANGES).exists():
            return _step(f"Start version {newest.number + 1}", "next", protocol)
    signatures = list(newest.signatures.select_related("organisation"))
    has_signed = any(s.signed_by_id == user.pk for s in signatures)
    if not has_signed and _open_to(user, signatures, SIGNATURE_RULES, "sign"):
        return _step("Read and sign", "sign", protocol)
    if review and REVIEW_RULES.allowed(user, review) and (review.started_on or review.due_on <= _horizon()):
        return _step("Complete the review" if review.started_on else "Start the review", "review", protocol)
    return None


def _open_to(user, rows, rules, name: str) -> bool:
    return any(name in rules.allowed(user, row) for row in rows)


def _step(label: str, name: str, protocol: Protocol) -> Step:
    return Step(label, reverse(f"protocols:{name}", args=[protocol.reference]))


def _horizon():
    return localdate() + AHEAD


class ProtocolPrint(ProtocolMixin, DetailView):
    template_name = "protocols/print.html"

    def get_context_data(self, **kwargs):
        marking = AreaSettings.objects.filter(territory=self.object.territory_id).values_list(
            "marking", flat=True
        )
        context = super().get_context_data(**kwargs)
        document = context["version"].document
        return context | {
            "printed_at": timezone.now(),
            "marking": document.marking if document else next(iter(marking), OFFICIAL_SENSITIVE),
        }


@login_required
def pdf(request, reference: str):
    """The file as it was signed; the act of taking it is recorded (U2)."""
    protocol = protocol_of(request, reference)
    version = asked_version(request, protocol)
    if version.document is None:
        raise Conflict(
            "The PDF of this version is not ready. It is made when every body has approved the text."
        )
    return deliver(request, version.document)


@login_required
def history(request, reference: str):
    protocol = protocol_of(request, reference)
    page = keyset(timeline.events_of_protocol(protocol), request, "-seq")
    drafter = may(request.user, "draft_protocol", protocol)
    context = {
        "protocol": protocol,
        "page": page,
        "moments": timeline.moments(page, with_values=drafter),
        "drafter": drafter,
    }
    return render(request, "protocols/history.html", context)
