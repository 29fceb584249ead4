"""The addresses of a case: adding, correcting, ending."""

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from referrals.actions import addresses as actions
from referrals.actions import look
from referrals.forms.addresses import AddressEndForm, AddressForm
from referrals.models import Address
from referrals.views.cases import CaseFormView, CaseMixin


class AddressAdd(CaseMixin, CaseFormView):
    form_class, rule = AddressForm, "move"
    title, button = "Add an address", "Save address"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"case": self.case}

    def act(self, form):
        actions.add_address(self.case, form.stay, today=localdate(), by=self.request.user)
        return self.done("The address is saved.")


class AddressMixin(CaseMixin):
    rule = "move"

    @cached_property
    def address(self) -> Address:
        mine = self.case.addresses.select_related("borough", "case")
        return get_object_or_404(mine, number=self.kwargs["number"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(address=self.address, **kwargs)


class AddressCorrect(AddressMixin, CaseFormView):
    form_class = AddressForm
    title, button = "Correct an address", "Save correction"

    def get_form_kwargs(self):
        known = {"case": self.case, "address": self.address}
        if self.request.method == "GET":
            look(self.case, by=self.request.user)
        return super().get_form_kwargs() | known

    def act(self, form):
        actions.correct_address(self.address, form.stay, today=localdate(), by=self.request.user)
        return self.done("The address is corrected.")


class AddressEnd(AddressMixin, CaseFormView):
    form_class = AddressEndForm
    title, button = "End the address", "Save last day"

    def act(self, form):
        actions.end_address(self.address, **form.cleaned_data, by=self.request.user)
        return self.done("The address has ended. Add the next one when it is known.")
