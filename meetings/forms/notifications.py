"""What an agency may know of each case, and what its own records say of it."""

from collections.abc import Iterable
from datetime import date, timedelta

from django import forms
from django.utils.timezone import now

from boards.directory import organisations_covering
from boards.models import Organisation
from mappa_portal.forms import DateField, Form
from meetings.actions.checks import Check
from meetings.actions.notifications import Telling, must_be_in_time
from meetings.models import Discussion, Meeting, Notification
from meetings.notifications.known import usual
from referrals.models import Case

BEFORE = timedelta(days=7)
WHY = {"max_length": 500, "required": False, "widget": forms.Textarea(attrs={"rows": 2})}


def _in_time(form: Form, held_on: date) -> None:
    """Before anybody reads a preview."""
    if day := form.cleaned_data.get("check_by"):
        try:
            must_be_in_time(day, held_on, now())
        except forms.ValidationError as refused:
            form.add_error(None, refused)


class MayKnow(forms.MultipleChoiceField):
    """The reference it always knows."""

    def __init__(self, label: str, **kwargs):
        super().__init__(
            choices=Notification.MAY_KNOW,
            widget=forms.CheckboxSelectMultiple,
            label=label,
            required=False,
            **kwargs,
        )


def usual_day(today: date, held_on: date | None) -> date:
    """A week before the meeting, and never today."""
    if held_on is None:
        return today + BEFORE
    return min(max(held_on - BEFORE, today + timedelta(days=1)), held_on)


class NotifyForm(Form):
    """Three questions for each case that the agency is asked to."""

    check_by = DateField(label="Day to check by", error_messages={"required": "Enter the day to check by"})

    def __init__(
        self,
        *args,
        agency: Organisation,
        discussions: list[Discussion],
        meeting: Meeting,
        today: date,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.held_on = meeting.held_on
        self.discussions = {d.case.reference: d for d in discussions if d.present_level != 1}
        self.initial["check_by"] = usual_day(today, meeting.held_on)
        for ref in self.discussions:
            self.fields[f"tell-{ref}"] = forms.BooleanField(
                label=f"Tell {agency} of case {ref}", required=False, initial=True
            )
            self.fields[f"may-{ref}"] = MayKnow(
                f"What may {agency} know of {ref}?", initial=list(usual(agency))
            )
            self.fields[f"why-{ref}"] = forms.CharField(
                label=f"Why {agency} is told of {ref} (optional)", **WHY
            )

    def clean(self):
        data = super().clean()
        if not any(data.get(f"tell-{ref}") for ref in self.discussions):
            self.add_error(
                next(iter(f"tell-{ref}" for ref in self.discussions), None), "Select at least one case"
            )
        _in_time(self, self.held_on)
        return data

    @property
    def chosen(self) -> dict[int, Telling]:
        data = self.cleaned_data
        wanted = {ref: d for ref, d in self.discussions.items() if data[f"tell-{ref}"]}
        return {d.pk: Telling(tuple(data[f"may-{ref}"]), data[f"why-{ref}"]) for ref, d in wanted.items()}


class CaseNotifyForm(Form):
    """Of one case, by the lead agency's word."""

    agency = forms.ModelChoiceField(
        Organisation.objects.none(),
        to_field_name="slug",
        label="Agency to tell",
        error_messages={"required": "Select the agency to tell"},
    )
    may_know = MayKnow("What may the agency know?", help_text="It always knows the reference.")
    why = forms.CharField(label="Why the agency is told (optional)", **WHY)
    word_by = forms.CharField(
        label="Who of the lead agency said so?",
        max_length=120,
        help_text="Name and agency.",
        error_messages={"required": "Enter who of the lead agency said so"},
    )
    word_on = DateField(
        label="When was it said?", error_messages={"required": "Enter when the lead agency said so"}
    )
    check_by = DateField(label="Day to check by", error_messages={"required": "Enter the day to check by"})

    def __init__(self, *args, case: Case, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        covering = organisations_covering([case.territory]).filter(kind=Organisation.Kind.AGENCY)
        self.fields["agency"].queryset = covering
        self.initial |= {"check_by": usual_day(today, None), "word_on": today}

    def clean(self):
        data = super().clean()
        _in_time(self, date.max)
        return data

    @property
    def telling(self) -> Telling:
        return Telling(tuple(self.cleaned_data["may_know"]), self.cleaned_data["why"])


class CheckForm(Form):
    """One case; several stand on one page, each under its own prefix. ``is_later``: no answer is no fault."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label="What do your own records say?",
        choices=Notification.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what your records say"},
    )
    worker = forms.CharField(
        label="Worker to invite",
        max_length=120,
        required=False,
        help_text="Needed if known or related. Nobody allocated? Name the manager who will come.",
    )
    worker_job_title = forms.CharField(label="Job title", max_length=120, required=False)
    worker_email = forms.EmailField(label="Work email", required=False)
    worker_phone = forms.CharField(label="Work telephone", max_length=40, required=False)

    def __init__(self, *args, notification: Notification, is_later: bool = False, **kwargs):
        self.notification = notification
        names = list(self.base_fields)
        kwargs["initial"] = {name: getattr(notification, name) for name in names}
        super().__init__(*args, prefix=str(notification.key), **kwargs)
        self.fields["answer"].required = not is_later

    def clean(self):
        data = super().clean()
        check = self.check
        if check.answer and check.is_met:
            if not check.worker and "worker" not in self.errors:
                self.add_error("worker", "Enter the name of the worker to invite")
            if not check.worker_email and "worker_email" not in self.errors:
                self.add_error("worker_email", "Enter the work email of the worker to invite")
        return data

    @property
    def check(self) -> Check:
        names = ("answer", "worker", "worker_job_title", "worker_email", "worker_phone")
        return Check(**{name: self.cleaned_data.get(name) or "" for name in names})

    @property
    def is_said(self) -> bool:
        return bool(self.cleaned_data.get("answer"))

    def after(self, current: Notification) -> "CheckForm":
        """What was typed, over the answer that stands now: saving again replaces it."""
        sent = self.data.copy()
        sent[self.add_prefix("revision")] = current.revision
        again = type(self)(sent, notification=current)
        who = current.answered_by.name if current.answered_by else "The MAPPA unit"
        stands = current.get_answer_display() or "no answer"
        worker = f", worker {current.worker}" if current.worker else ""
        again.add_error(
            "answer", f"{who} changed this: {stands}{worker}. Check their change, then save yours"
        )
        return again


def told(forms_: Iterable[CheckForm]) -> list[CheckForm]:
    return [form for form in forms_ if form.is_said]
