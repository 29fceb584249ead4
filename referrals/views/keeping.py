"""Records that are due for review, and erasures that wait for a second person."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from boards.access import units_with
from boards.switcher import unit_here
from mappa_portal.action_form import ActionFormView
from mappa_portal.words import plural, short_date
from referrals.actions import keeping as actions
from referrals.forms.keeping import KeepingForm
from referrals.looking import reason_to_open
from referrals.models import Keeping, Pack
from referrals.records.kinds import KINDS, due


class DueForReview(LoginRequiredMixin, ActionFormView):
    template_name = "referrals/due.html"
    form_class = KeepingForm
    title, button = "Records due for review", "Record decision"

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not self.units:
            raise PermissionDenied(
                "Records are kept by the chair and the administrators of a borough’s MAPPA unit."
            )
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def units(self):
        return units_with(self.request.user, "keep_records")

    @cached_property
    def unit(self):
        return unit_here(self.request, self.units)

    @cached_property
    def due(self):
        return due(self.unit, localdate())

    def get_form_kwargs(self):
        packs = Pack.objects.warnings(each.subject_id for each in self.due if each.kind == "case")
        return super().get_form_kwargs() | {"due": self.due, "packs": packs}

    def get_context_data(self, **kwargs):
        mine = Keeping.objects.for_user(self.request.user).proposed().filter(organisation=self.unit)
        waiting = list(mine.select_related("decided_by", "case").order_by("decided_at", "pk"))
        reason_to_open([one.case for one in waiting], by=self.request.user)  # a reason may name the person
        packs = Pack.objects.warnings(one.case_id for one in waiting)
        mine = self.request.user.pk
        lines = [
            (
                one,
                KINDS[one.kind].name,
                short_date(one.decided_at),
                one.decided_by_id == mine,
                packs.get(one.case_id),
            )
            for one in waiting
        ]
        return super().get_context_data(unit=self.unit, due=self.due, waiting=lines, **kwargs)

    def act(self, form):
        data = form.cleaned_data
        decided = actions.decide(
            self.unit,
            form.chosen,
            outcome=data["outcome"],
            keep_until=data["keep_until"],
            reason=data["reason"],
            by=self.request.user,
            at=now(),
            today=localdate(),
        )
        count = plural(len(decided), "record")
        kept = data["outcome"] == Keeping.Outcome.KEEP
        said = f"{count} kept longer." if kept else f"{count} proposed. Another person confirms."
        messages.success(self.request, said)
        return redirect("referrals:due")


@login_required
@require_POST
def settle(request, kind: str, reference: str, verb: str):
    mine = Keeping.objects.for_user(request.user).proposed()
    found = get_object_or_404(mine, kind=kind, reference=reference)
    verbs = {"confirm": (actions.confirm, "is erased"), "refuse": (actions.refuse, "stays")}
    if verb not in verbs:
        raise Http404
    action, said = verbs[verb]
    action(found, by=request.user, at=now())
    messages.success(request, f"{KINDS[kind].name} {reference} {said}.")
    return redirect("referrals:due")
