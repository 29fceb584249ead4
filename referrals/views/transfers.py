"""Transfers: offering a case, reading the hand-over from either side, answering."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from mappa_portal.action_form import ActionFormView
from mappa_portal.templatetags.govuk import Row, tag
from mappa_portal.words import moment
from referrals.actions import transfers as actions
from referrals.forms.transfers import OUTSIDE, RefuseForm, TransferForm, WithdrawOfferForm
from referrals.looking import reason_to_open
from referrals.models import Case, Receipt, Transfer
from referrals.models.addresses import present
from referrals.rules import units_of
from referrals.transferring.rules import RECEIPT_RULES, TRANSFER_RULES, allowed
from referrals.views.cases import CaseFormView, CaseMixin

COLOURS = {Transfer.Status.OFFERED: "blue", Transfer.Status.ACCEPTED: "green"}


def state_tag(transfer: Transfer):
    return tag(transfer.get_status_display(), COLOURS.get(transfer.status, "grey"))


class CaseTransfer(CaseMixin, CaseFormView):
    form_class, rule = TransferForm, "transfer"
    title, button = "Transfer this case", "Offer transfer"

    def get_form_kwargs(self):
        reason_to_open([self.case], by=self.request.user)  # where the person lives is proposed
        lives = present(self.case.addresses.select_related("borough"), localdate())
        proposed = lives.borough if lives and lives.leads_away else None
        return super().get_form_kwargs() | {"case": self.case, "proposed": proposed}

    def act(self, form):
        data, common = form.cleaned_data, {"by": self.request.user, "at": timezone.now()}
        said = {"reason": data["reason"], "note": data["note"]}
        if form.to_unit:
            made = actions.offer(self.case, to_unit=form.to_unit, **said, **common)
            return self.done(f"The case is offered to {made.to}. It stays yours until they accept it.")
        made = actions.hand_outside(self.case, **said, **{n: data[n] for n in OUTSIDE}, **common)
        return self.done(f"The case is transferred to {made.to}.")


class TransferMixin(LoginRequiredMixin):
    """The transfer that the address names, for those who keep cases on either side."""

    rule = "see"

    @cached_property
    def transfer(self) -> Transfer:
        return transfer_of(self.request.user, self.kwargs["reference"])

    @cached_property
    def given(self):
        return actions.look(self.transfer, by=self.request.user)

    @cached_property
    def allowed(self) -> set[str]:
        return allowed(self.request.user, self.transfer)

    def get_context_data(self, **kwargs):
        return super().get_context_data(transfer=self.transfer, **kwargs)


def transfer_of(user, reference: str) -> Transfer:
    found = Transfer.objects.for_user(user).select_related(
        "territory", "organisation__territory", "to_unit__territory", "case", "answered_by"
    )
    transfer = get_object_or_404(found, reference=reference)
    if "see" not in allowed(user, transfer):
        raise PermissionDenied("Transfers are read by the people who keep the cases.")
    return transfer


class TransferDetail(TransferMixin, TemplateView):
    template_name = "referrals/transfer.html"

    def get_context_data(self, **kwargs):
        transfer, units = self.transfer, units_of(self.request.user)
        begun = Case.objects.filter(organisation__in=units, came_from=transfer.reference).first()
        return super().get_context_data(
            allowed=self.allowed,
            state=state_tag(transfer),
            rows=[*_rows(transfer), *self.given.rows()],
            own_case=transfer.case if transfer.organisation in units else None,
            begun=begun,
            **kwargs,
        )


def _rows(transfer: Transfer) -> list[Row]:
    rows = [
        Row("From", transfer.organisation.territory),
        Row("To", transfer.to),
        Row("Offered", moment(transfer.offered_at)),
        Row("Why", transfer.why),
    ]
    if transfer.answered_at:
        who = transfer.answered_by.name if transfer.answered_by else "The portal"
        rows.append(Row(transfer.get_status_display(), f"{moment(transfer.answered_at)}, {who}"))
    if transfer.outside:
        rows.append(Row("Accepted there on", transfer.accepted_on))
    if transfer.answered:
        rows.append(Row("Accepted by" if transfer.outside else "Reason", transfer.answered))
    return rows


@login_required
@require_POST
def accept(request, reference: str):
    transfer = transfer_of(request.user, reference)
    case = actions.accept(transfer, by=request.user, at=timezone.now())
    messages.success(
        request, f"The transfer is accepted. {case} is its case here: review it, and plan a meeting."
    )
    return redirect("referrals:case", case.reference)


class TransferAnswer(TransferMixin, ActionFormView):
    template_name = "referrals/transfer_form.html"

    @cached_property
    def transfer(self) -> Transfer:
        transfer = transfer_of(self.request.user, self.kwargs["reference"])
        self.require(transfer)
        return transfer

    def done(self, text: str):
        messages.success(self.request, text)
        return redirect("home")


class Refuse(TransferAnswer):
    form_class = RefuseForm
    title, button = "Refuse this transfer", "Refuse transfer"

    def require(self, transfer: Transfer) -> None:
        RECEIPT_RULES.require("refuse", Receipt(transfer), by=self.request.user)

    def act(self, form):
        made = actions.refuse(self.transfer, **form.cleaned_data, by=self.request.user, at=timezone.now())
        return self.done(f"The transfer is refused. {made.organisation} reads why.")


class WithdrawOffer(TransferAnswer):
    form_class = WithdrawOfferForm
    title, button = "Withdraw this offer", "Withdraw offer"

    def require(self, transfer: Transfer) -> None:
        TRANSFER_RULES.require("withdraw", transfer, by=self.request.user)

    def act(self, form):
        actions.withdraw_offer(self.transfer, **form.cleaned_data, by=self.request.user, at=timezone.now())
        return self.done("The offer is withdrawn. The case stays yours.")
