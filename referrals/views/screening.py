"""Deciding on a referral, and undoing its link to a case."""

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from mappa_portal.action_form import ActionFormView
from mappa_portal.words import long_date
from referrals.actions import screening as actions
from referrals.finding import same_person
from referrals.forms.screening import ACCEPTED, ScreenForm, UndoLinkForm
from referrals.models import Case, Referral
from referrals.referring.answers import person_of
from referrals.views.referrals import ReferralMixin

CRITERIA = (  # domain section 1
    (
        "Level 1",
        "The lead agency can manage the risk alone. Sharing information informally is still possible.",
    ),
    (
        "Level 2",
        "Formal meetings add value, and one of these holds: the risk of serious harm is high or very high; it is lower"
        " but other agencies must act; the case steps down from Level 3.",
    ),
    (
        "Level 3",
        "As for Level 2, and senior people are needed: heavy resources at short notice, or strong interest of the media"
        " or the public.",
    ),
)
CATEGORY_3 = "Category 3 is for people whom one agency cannot manage: check it before you decide on Level 1."
Outcome = Referral.Outcome


class Screen(ReferralMixin, ActionFormView):
    template_name = "referrals/screen.html"
    form_class, rule = ScreenForm, "decide"
    title, button = "Decide on this referral", "Record decision"

    @cached_property
    def matches(self):
        return same_person(self.referral.unit, person_of(self.answers), by=self.request.user)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"referral": self.referral, "matches": self.matches}

    def get_context_data(self, **kwargs):
        doubt = CATEGORY_3 if self.referral.category == 3 else ""
        return super().get_context_data(said=self.said(), criteria=CRITERIA, doubt=doubt, **kwargs)

    def act(self, form):
        data = form.cleaned_data
        common = {"reason": data["reason"], "revision": data["revision"]}
        common |= {"by": self.request.user, "at": timezone.now()}
        if data["outcome"] in ACCEPTED:
            decided = actions.accept(self.referral, outcome=data["outcome"], case=form.case, **common)
            first = f"Put case {decided.case} on a meeting by {long_date(decided.hear_by)}."
            return self.done(f"The referral is accepted. {first}")
        if data["outcome"] == Outcome.MORE:
            actions.ask_for_more(self.referral, **common)
            return self.done("The referral is back with the referrer.")
        actions.decline(self.referral, outcome=data["outcome"], **common)
        return self.done("The referral is declined. The referrer is told.")


class UndoLink(ReferralMixin, ActionFormView):
    template_name = "referrals/referral_form.html"
    form_class, rule = UndoLinkForm, "undo_link"
    title, button = "Undo the link to the case", "Undo link"

    def act(self, form):
        case = self.referral.case
        actions.undo_link(self.referral, **form.cleaned_data, by=self.request.user, at=timezone.now())
        kept = Case.objects.with_level(localdate()).filter(pk=case.pk).first()
        level = f" Case {kept} is at Level {kept.present_level}." if kept and kept.present_level else ""
        return self.done(f"The link is undone. The referral waits for a decision again.{level}")
