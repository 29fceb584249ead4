"""Out-of-area checks: the agency's own, and for the MAPPA unit those that were sent to it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.timezone import now
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from audit.history import done_to
from boards.models import Territory
from mappa_portal.action_form import ActionFormView
from mappa_portal.pagination import keyset
from mappa_portal.templatetags.govuk import Row, short_date, tag
from mappa_portal.words import long_date
from referrals.actions import outside as actions
from referrals.forms.outside import AnswerForm, AskForm, DecideForm, EndorseCheckForm
from referrals.models import OutOfAreaCheck
from referrals.models.outside import CONDITIONS
from referrals.outside.rules import Status, allowed, askers_of, require
from referrals.referring.rules import screeners_of

COLUMNS = ["Check", "Agency", "To ask", "Asked", "State"]
COLOURS = {Status.ANSWERED: "green", Status.REFUSED: "grey", Status.WITHDRAWN: "grey"}
LINK = '<a class="govuk-link" href="{}">{}</a>'


def _state(check: OutOfAreaCheck):
    text = check.get_answer_display() or check.get_status_display()
    return tag(text, COLOURS.get(check.status, "blue"))


class CheckList(LoginRequiredMixin, TemplateView):
    template_name = "referrals/outside/list.html"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not (askers_of(request.user) or screeners_of(request.user)):
            raise PermissionDenied("Out-of-area checks are for Children’s Services and for MAPPA units.")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        mine = OutOfAreaCheck.objects.read_by(self.request.user).select_related("organisation")
        page = keyset(mine, self.request, "-asked_at", "-pk")
        rows = [_row(check) for check in page]
        return super().get_context_data(
            page=page, rows=rows, columns=COLUMNS, asks=bool(askers_of(self.request.user)), **kwargs
        )


def _row(check: OutOfAreaCheck) -> list:
    url = reverse("outside:detail", args=[check.reference])
    link = format_html(LINK, url, check.reference)
    return [link, check.organisation, check.place, short_date(check.asked_at), _state(check)]


class Ask(LoginRequiredMixin, ActionFormView):
    template_name = "referrals/outside/form.html"
    form_class = AskForm
    title, button = "Ask for an out-of-area check", "Send to your manager"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not askers_of(request.user):
            raise PermissionDenied("Only Children’s Services ask for an out-of-area check.")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        seats = askers_of(self.request.user).values()
        boroughs = Territory.objects.filter(pk__in={pk for seat in seats for pk in seat.boroughs})
        more = {"organisations": [seat.organisation for seat in seats], "boroughs": list(boroughs)}
        return super().get_form_kwargs() | more

    def act(self, form):
        data = dict(form.cleaned_data)
        check = actions.ask(data.pop("agency"), **data, by=self.request.user, at=now())
        messages.success(self.request, "The check waits for a manager of your agency.")
        return redirect("outside:detail", check.reference)


class CheckMixin(LoginRequiredMixin):
    """The check that the address names; what it says is opened once a request, and that is recorded."""

    rule = "see"

    @cached_property
    def check(self) -> OutOfAreaCheck:
        return _check(self.request, self.kwargs["reference"], self.rule)

    @cached_property
    def said(self) -> dict[str, str]:
        return actions.look(self.check, by=self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            check=self.check,
            state=_state(self.check),
            rows=_rows(self.check, self.said),
            allowed=allowed(self.request.user, self.check),
            **kwargs,
        )

    def done(self, text: str):
        messages.success(self.request, text)
        return redirect("outside:detail", self.check.reference)


def _check(request, reference: str, rule: str) -> OutOfAreaCheck:
    people = ("asked_by", "endorsed_by", "decided_by", "answered_by")
    mine = OutOfAreaCheck.objects.for_user(request.user)
    found = mine.select_related("territory", "organisation", "unit", *people)
    check = get_object_or_404(found, reference=reference)
    require(rule, check, by=request.user)
    return check


def _rows(check: OutOfAreaCheck, said: dict[str, str]) -> list[Row]:
    rows = [
        Row("Name", said["name"]),
        Row("Date of birth", long_date(parse_date(said["birth_date"])) or "Not recorded"),
        Row("To ask", check.place),
    ]
    for name, label in CONDITIONS:
        lacks = tag("Missing, says the MAPPA unit", "red") if check.missing == name else ""
        rows.append(Row(label, format_html("{} {}", said[name], lacks)))
    steps = [
        ("Asked", check.asked_at, check.asked_by, ""),
        ("Manager", check.endorsed_at, check.endorsed_by, "endorsed"),
        ("MAPPA unit", check.decided_at, check.decided_by, said.get("reason", "")),
        ("Answer", check.answered_at, check.answered_by, said.get("answer_reason", "")),
    ]
    rows += [Row(label, _step(at, by, text)) for label, at, by, text in steps if at]
    if check.answer:
        rows.append(Row("Result", check.get_answer_display()))
    if said.get("contact"):
        rows.append(Row("Contact there", said["contact"]))
    return rows


def _step(at, by, text: str) -> str:
    return f"{long_date(at)}, {by.name}{': ' if text else ''}{text}"


class CheckDetail(CheckMixin, TemplateView):
    template_name = "referrals/outside/detail.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(moments=done_to(self.check), **kwargs)


class _Step(CheckMixin, ActionFormView):
    template_name = "referrals/outside/form.html"


class Endorse(_Step):
    form_class, rule = EndorseCheckForm, "endorse"
    title, button = "Does your agency ask for this check?", "Endorse and send"

    def act(self, form):
        actions.endorse(self.check, by=self.request.user, at=now())
        return self.done("The check is with the MAPPA unit.")


class Decide(_Step):
    form_class, rule = DecideForm, "decide"
    title, button = "Is this check passed on?", "Record decision"

    def act(self, form):
        data = dict(form.cleaned_data)
        common = {"reason": data["reason"], "by": self.request.user, "at": now()}
        if data["decision"] == "pass_on":
            actions.pass_on(self.check, **common)
            return self.done("The check is passed on. Record the answer when it comes.")
        actions.refuse(self.check, missing=data["missing"], **common)
        return self.done("The check is refused.")


class RecordAnswer(_Step):
    form_class, rule = AnswerForm, "answer"
    title, button = "What did the other area answer?", "Record answer"

    def act(self, form):
        actions.answer(self.check, **form.cleaned_data, by=self.request.user, at=now())
        return self.done("The answer is recorded. The social worker is told to sign in.")


@login_required
@require_POST
def withdraw(request, reference: str):
    check = actions.withdraw(_check(request, reference, "withdraw"), by=request.user, at=now())
    messages.success(request, "The check is withdrawn.")
    return redirect("outside:detail", check.reference)
