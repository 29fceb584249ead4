"""Suspending and ending a case, and taking either back."""

from django.utils.timezone import localdate

from mappa_portal.words import long_date
from referrals import actions
from referrals.endings import Standing
from referrals.forms.endings import EndForm, RecallForm, TakeBackForm
from referrals.views.cases import CaseFormView, CaseMixin


class Recall(CaseMixin, CaseFormView):
    form_class, rule = RecallForm, "recall"
    title, button = "Suspend this case: recalled", "Suspend case"

    def act(self, form):
        data = form.cleaned_data
        period = actions.recall(self.case, **data, today=localdate(), by=self.request.user)
        return self.done(f"The case is suspended: recalled on {long_date(period.ends_on)}.")


class End(CaseMixin, CaseFormView):
    form_class, rule = EndForm, "end"
    title, button = "End this case", "End case"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"case": self.case}

    def act(self, form):
        case = actions.end(self.case, **form.cleaned_data, today=localdate(), by=self.request.user)
        return self.done(f"The case has ended on {long_date(case.ended_on)}.")


class TakeBack(CaseMixin, CaseFormView):
    form_class, rule = TakeBackForm, "take_back"
    button = "Take back"

    @property
    def title(self) -> str:
        return f"Take the {'recall' if self.case.standing == Standing.SUSPENDED else 'ending'} back"

    def act(self, form):
        actions.take_back(self.case, **form.cleaned_data, by=self.request.user)
        return self.done("It is taken back: the case stands as before.")
