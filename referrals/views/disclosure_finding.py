"""Who knew what on a day, and disclosures found by a recipient's name: both asked by POST and recorded."""

from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.generic import TemplateView

from mappa_portal.limits import limit
from mappa_portal.words import short_date
from referrals.disclosing.knowledge import known_on
from referrals.disclosing.tokens import MOST, find_by_recipient
from referrals.forms.disclosure_finding import FindRecipientForm, KnewForm
from referrals.models import Case
from referrals.views.disclosures import DisclosureList, LedgerMixin, link, state_tag

COLUMNS = ("Recipient", "Told on", "By", "What", "Disclosure")


class FindRecipient(DisclosureList):
    def post(self, request):
        limit("person", request.user.pk, most=30)
        form = FindRecipientForm(request.POST)
        context = {"find": form, "rows": None}
        if form.is_valid():
            found = find_by_recipient(self.units, name=form.cleaned_data["name"], by=request.user)
            context["rows"] = [
                (link(d), short_date(d.opened_on), d.case.reference, state_tag(d)) for d in found
            ]
            context["cut"] = len(found) == MOST
        context["columns"] = ("Reference", "Opened", "Case", "Status")
        return render(request, "referrals/disclosures_found.html", context | {"form": form})

    def get(self, request):
        context = {"find": FindRecipientForm(), "rows": None}
        return render(request, "referrals/disclosures_found.html", context)


class WhoKnew(LedgerMixin, TemplateView):
    template_name = "referrals/who_knew.html"

    def get_context_data(self, **kwargs):
        form = kwargs.pop("form", None) or self.form(None, initial={"on": localdate()})
        return super().get_context_data(form=form, columns=COLUMNS, **kwargs)

    def form(self, data, **kwargs):
        cases = Case.objects.for_user(self.request.user).filter(organisation__in=self.units)
        if data is None and (asked := self.request.GET.get("case")):
            kwargs["initial"]["case"] = asked
        return KnewForm(data, cases=cases, today=localdate(), **kwargs)

    def post(self, request):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        case, on = form.cleaned_data["case"], form.cleaned_data["on"]
        told = known_on(case, on, by=request.user)
        rows = [(t.recipient, short_date(t.on), t.by, t.what, link(t.disclosure)) for t in told]
        return self.render_to_response(
            self.get_context_data(form=form, case=case, on=on, rows=rows, asked=True)
        )
