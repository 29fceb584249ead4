"""For the MAPPA unit: telling agencies which cases come up, and what their checks say."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from boards.models import Organisation
from mappa_portal.action_form import ActionFormView, Question
from mappa_portal.words import plural
from meetings.actions import checks, notifications
from meetings.forms.notifications import CaseNotifyForm, NotifyForm
from meetings.models import Notification
from meetings.notifications.known import Known
from meetings.rules import MEETING_RULES, NOTIFICATION_RULES
from meetings.views.fetch import meeting_of
from referrals.actions import look as look_at_case
from referrals.models import Case
from referrals.rules import CASE_RULES


@login_required
def notified(request, reference: str):
    """Beside the agenda: which agency was told what of which case, and what it answered."""
    meeting = meeting_of(request, reference, "see_notified")
    found = Notification.objects.for_user(request.user).full().filter(discussion__meeting=meeting)
    told = list(found.order_by("agency__name", "discussion__position", "pk"))
    allowed = MEETING_RULES.allowed(request.user, meeting)
    untold = notifications.agencies_to_tell(meeting) if "notify" in allowed else set()
    asked = meeting.invitations.standing().select_related("agency").order_by("agency__name")
    agencies: dict[Organisation, list] = {i.agency: [] for i in asked}
    for each in told:
        agencies.setdefault(each.agency, []).append(_line(request.user, each))
    context = {
        "meeting": meeting,
        "agencies": [(agency, lines, agency.pk in untold) for agency, lines in agencies.items()],
        "overdue": sum(each.is_overdue(localdate()) for each in told),
    }
    return render(request, "meetings/notifications/notified.html", context)


@login_required
def told_outside(request, reference: str):
    """Of one case: the agencies told by the lead agency's word, outside any meeting."""
    case = get_object_or_404(Case.objects.for_user(request.user), reference=reference)
    CASE_RULES.require("see", case, by=request.user)
    found = Notification.objects.for_user(request.user).full().filter(case__in=case.whole, discussion=None)
    lines = [_line(request.user, each) for each in found.order_by("agency__name", "pk")]
    return render(request, "meetings/notifications/told_outside.html", {"case": case, "lines": lines})


def _line(user, notification: Notification) -> dict:
    labels = dict(Notification.MAY_KNOW)
    return {
        "notification": notification,
        "may_know": ", ".join(labels[code] for code in notification.may_know) or "Reference only",
        "overdue": notification.is_overdue(localdate()),
        "allowed": NOTIFICATION_RULES.allowed(user, notification),
    }


class _Chosen(LoginRequiredMixin, ActionFormView):
    """Choose, preview, notify; from the preview back to what was chosen."""

    question_template = "meetings/notifications/preview.html"
    check_by = None

    def get_context_data(self, **kwargs):
        return super().get_context_data(check_by=self.check_by, **kwargs)


class Notify(_Chosen):
    """An agency and the cases of one meeting that it is asked to."""

    template_name = "meetings/notifications/notify.html"
    form_class = NotifyForm

    @cached_property
    def meeting(self):
        return meeting_of(self.request, self.kwargs["reference"], "notify")

    @cached_property
    def agency(self) -> Organisation:
        asked = self.meeting.invitations.standing()
        found = Organisation.objects.filter(pk__in=asked.values("agency"))
        return get_object_or_404(found, slug=self.kwargs["agency"])

    @cached_property
    def discussions(self):
        return notifications.to_tell(self.meeting, self.agency, localdate())

    @property
    def title(self) -> str:
        return f"What may {self.agency} know?"

    def get_form_kwargs(self):
        more = {"agency": self.agency, "discussions": self.discussions, "meeting": self.meeting}
        return super().get_form_kwargs() | more | {"today": localdate()}

    def get_context_data(self, **kwargs):
        by_word = [d.case for d in self.discussions if d.present_level == 1]
        more = {
            "meeting": self.meeting,
            "agency": self.agency,
            "by_word": by_word,
            "discussions": self.discussions,
        }
        return super().get_context_data(**more, **kwargs)

    def question(self, form) -> Question:
        chosen, self.check_by = form.chosen, form.cleaned_data["check_by"]
        told = [(d, chosen[d.pk]) for d in self.discussions if d.pk in chosen]
        follows = []
        if "confirmed" not in self.request.POST:
            follows = [_preview(self.request.user, d.case, d.present_level, telling) for d, telling in told]
        button = f"Notify {self.agency} of {plural(len(told), 'case')}"
        return Question(f"Is this what {self.agency} may know?", follows, button)

    def act(self, form):
        values = {"chosen": form.chosen, "check_by": form.cleaned_data["check_by"]}
        told = notifications.notify(self.meeting, self.agency, **values, by=self.request.user, at=now())
        messages.success(self.request, f"{self.agency} was notified of {plural(len(told), 'case')}.")
        return redirect("meetings:notified", self.meeting.reference)


def _preview(user, case: Case, level, telling) -> tuple[str, list]:
    """As the agency will read it; that the unit looked is on record."""
    look_at_case(case, by=user)
    known = Known.of(case, level, telling.may_know, telling.why, localdate())
    return case.reference, known.rows(telling.may_know)


class NotifyByWord(_Chosen):
    """One case outside a meeting, because its lead agency says so."""

    template_name = "meetings/notifications/notify_case.html"
    form_class = CaseNotifyForm
    title, button = "Tell an agency by the lead agency’s word", "Preview"

    @cached_property
    def case(self) -> Case:
        found = Case.objects.for_user(self.request.user).with_level(localdate())
        case = get_object_or_404(
            found.select_related("territory", "organisation"), reference=self.kwargs["reference"]
        )
        CASE_RULES.require("tell", case, by=self.request.user)
        return case

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"case": self.case, "today": localdate()}

    def get_context_data(self, **kwargs):
        return super().get_context_data(case=self.case, **kwargs)

    def question(self, form) -> Question:
        agency, self.check_by, follows = form.cleaned_data["agency"], form.cleaned_data["check_by"], []
        if "confirmed" not in self.request.POST:
            follows = [_preview(self.request.user, self.case, self.case.present_level, form.telling)]
        return Question(f"Is this what {agency} may know?", follows, f"Notify {agency}")

    def act(self, form):
        data = {name: form.cleaned_data[name] for name in ("word_by", "word_on", "check_by")}
        agency = form.cleaned_data["agency"]
        more = {"telling": form.telling, **data}
        notifications.notify_by_word(self.case, agency, **more, by=self.request.user, at=now())
        messages.success(self.request, f"{agency} was notified of case {self.case}.")
        return redirect("referrals:case", self.case.reference)


# -- Buttons --


@login_required
@require_POST
def withdraw(request, key):
    notification = notifications.withdraw(_ours(request, key), by=request.user)
    messages.success(
        request, f"Withdrawn: {notification.agency} no longer reads of case {notification.case}."
    )
    return _back(notification)


@login_required
@require_POST
def open_again(request, key):
    notification = notifications.open_again(_ours(request, key), by=request.user)
    messages.success(request, f"{notification.agency} reads of case {notification.case} again.")
    return _back(notification)


@login_required
@require_POST
def invite_worker(request, key):
    notification = checks.invite_worker(_ours(request, key), by=request.user, at=now())
    messages.success(request, f"{notification.worker} is invited.")
    return _back(notification)


def _ours(request, key) -> Notification:
    return get_object_or_404(Notification.objects.for_user(request.user).full(), key=key)


def _back(notification: Notification):
    if notification.meeting:
        return redirect("meetings:notified", notification.meeting.reference)
    return redirect("meetings:told_outside", notification.case.reference)
