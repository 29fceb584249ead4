"""Form A: the task list, one topic a page, the check, the endorsement, and sending it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from mappa_portal.action_form import ActionFormView
from mappa_portal.templatetags.govuk import TaskItem
from referrals.actions import referrals as actions
from referrals.forms.referrals import EndorseForm, SectionForm, WithdrawReferralForm
from referrals.models import Referral, ReferralSection
from referrals.referring.answers import problems
from referrals.referring.form_a import SECTIONS
from referrals.views.referrals import ReferralMixin


class TaskList(ReferralMixin, TemplateView):
    template_name = "referrals/form_a.html"
    rule = "fill"

    def get_context_data(self, **kwargs):
        found = list(self.referral.sections.defer("content"))
        done = sum(section.is_done for section in found)
        following = next((s.number for s in found if not s.is_done), None)
        return super().get_context_data(
            items=[self._item(section) for section in found],
            last=[self._check(done == len(found))],
            done=done,
            total=len(found),
            following=following,
            **kwargs,
        )

    def _item(self, section: ReferralSection) -> TaskItem:
        url = reverse("referral:section", args=[self.referral.reference, section.number])
        title = f"{section.number}. {SECTIONS[section.number].title}"
        if section.is_done:
            return TaskItem(title, "Completed", url)
        if section.edited_at:
            return TaskItem(title, "In progress", url, colour="blue")
        return TaskItem(title, "Not yet started", url, colour="grey")

    def _check(self, is_complete: bool) -> TaskItem:
        title = "Check, have it endorsed and send it"
        if not is_complete:
            return TaskItem(title, "Cannot start yet", hint="After all sections are completed")
        return TaskItem(
            title, "Not yet started", reverse("referral:check", args=[self.referral.reference]), colour="grey"
        )


class SectionEdit(ReferralMixin, ActionFormView):
    template_name = "referrals/section.html"
    form_class, rule, record_name = SectionForm, "fill", "section_row"

    @cached_property
    def section(self):
        if self.kwargs["number"] >= len(SECTIONS):
            raise Http404
        return SECTIONS[self.kwargs["number"]]

    @cached_property
    def record(self) -> ReferralSection:
        return self.referral.sections.get(number=self.section.number)

    def get(self, request, *args, **kwargs):
        if self.record.content:
            actions.look(self.referral, by=request.user)
        return super().get(request, *args, **kwargs)

    @property
    def then(self) -> str:
        return self.request.POST.get("then", "next")

    def get_form_kwargs(self):
        typed = {name.partition("-")[0] for name in self.request.POST if name.partition("-")[0].isdecimal()}
        return super().get_form_kwargs() | {
            "section": self.section,
            "referral": self.referral,
            "is_later": self.then != "next",
            "typed": len(typed),
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(section=self.section, total=len(SECTIONS) - 1, **kwargs)

    def act(self, form):
        number, is_done = self.section.number, self.then == "next"
        values = {"answers": form.answers, "is_done": is_done, "revision": form.cleaned_data["revision"]}
        actions.save_section(self.referral, number, **values, by=self.request.user, at=timezone.now())
        if self.then == "another":
            return redirect("referral:section", self.referral.reference, number)
        if is_done and number + 1 < len(SECTIONS):
            return redirect("referral:section", self.referral.reference, number + 1)
        return self.done("The section is saved.", "referral:form")


class Check(ReferralMixin, TemplateView):
    template_name = "referrals/check.html"
    rule = "fill"

    def get_context_data(self, **kwargs):
        done = dict(self.referral.sections.values_list("number", "is_done"))
        return super().get_context_data(
            said=self.said(),
            problems=list(problems(self.referral, self.answers, done, localdate())),
            waits="endorse" not in self.allowed and self.referral.status != Referral.Status.ENDORSED,
            **kwargs,
        )


class Endorse(ReferralMixin, ActionFormView):
    template_name = "referrals/endorse.html"
    form_class, rule = EndorseForm, "endorse"
    title, button = "Endorse this referral", "Endorse referral"

    def get_context_data(self, **kwargs):
        return super().get_context_data(said=self.said(), **kwargs)

    def act(self, form):
        actions.endorse(self.referral, by=self.request.user, at=timezone.now())
        return self.done("The referral is endorsed. It can be sent now.", "referral:check")


@login_required
@require_POST
def submit(request, reference: str):
    referral = get_object_or_404(Referral.objects.for_user(request.user), reference=reference)
    referral = actions.submit(referral, by=request.user, at=timezone.now())
    messages.success(
        request, f"The referral is sent to {referral.unit}. It decides, and you are told by email."
    )
    return redirect("referral:detail", referral.reference)


class Withdraw(ReferralMixin, ActionFormView):
    template_name = "referrals/referral_form.html"
    form_class, rule = WithdrawReferralForm, "withdraw"
    title, button = "Withdraw this referral", "Withdraw referral"

    def act(self, form):
        actions.withdraw(self.referral, **form.cleaned_data, by=self.request.user, at=timezone.now())
        return self.done("The referral is withdrawn.")
