"""How the area works."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from boards import actions
from boards.access import seats_of
from boards.area_rules import AREA_RULES
from boards.directory import appointments_in, organisations_in
from boards.forms import GROUPS, ApprovingBodiesForm, ReasonForm, settings_form
from boards.models import ApprovingBody, AreaSettings, Organisation
from boards.roles import Seat
from boards.views.area import ActionFormView, AreaMixin, Question, shown
from boards.waiting import waiting_for
from mappa_portal.templatetags.govuk import Row, TaskItem
from mappa_portal.words import plural

LAST = 1000  # where boards that approve nothing stand


@login_required
@require_safe
def choose_area(request):
    visible = AreaSettings.objects.for_user(request.user).select_related("territory")
    own = [s for s in visible.order_by("territory__name") if "see" in AREA_RULES.allowed(request.user, s)]
    if not own:
        held = "; ".join(f"{Seat(s.seat).label}, {s.organisation}" for s in seats_of(request.user))
        yours = f" Yours is another seat: {held}." if held else ""
        raise PermissionDenied(
            f"An area is set up by its area administrators and read by its auditors.{yours}"
        )
    if len(own) == 1:
        return redirect("boards:set_up", own[0].territory.slug)
    return render(request, "boards/areas.html", {"areas": [s.territory for s in own]})


class AreaSetUp(AreaMixin, TemplateView):
    template_name = "boards/set_up.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            rules=[*self._groups(), self._bodies()], directory=[*self._directory(), self._people()], **kwargs
        )

    def _groups(self):
        for group in GROUPS.values():
            url = reverse("boards:settings", args=[self.area.slug, group.slug])
            yield TaskItem(group.title, self._summary(group.slug), url, group.hint)

    def _summary(self, group: str) -> str:
        s = self.settings
        plan_days = f"{s.level2_review_days} and {plural(s.level3_review_days, 'day')}"
        return {
            "terms": f"{s.board_term}, {s.marking}",
            "reviews": f"{plural(s.first_review_months, 'month')}, then {s.review_months}",
            "meetings": f"{plural(s.notice_days, 'day')}, grades {s.level2_grade} and {s.level3_grade}",
            "upkeep": f"{plural(s.circulation_days, 'working day')}, {plural(s.contact_months, 'month')}",
            "levels": f"{plural(s.level1_review_months, 'month')}, {plan_days}",
            "referrals": f"{plural(s.first_meeting_days, 'working day')}, {plural(s.level_setting_months, 'month')}",
            "records": f"Cases after {plural(s.keep_case_years, 'year')}, minutes after {s.keep_minutes_years}",
            "escalation": f"{', '.join(map(str, s.escalation_days))} working days",
            "returns": f"{s.first_reminder_days} and {plural(s.last_reminder_days, 'day')} before",
            "copies": f"due after {plural(s.copy_days, 'day')}, then every {plural(s.copy_reminder_days, 'day')}",
            "figures": f"{s.suppression_threshold} or more",
        }[group]

    def _bodies(self) -> TaskItem:
        bodies = ApprovingBody.objects.filter(territory=self.area).count()
        url = reverse("boards:approving_bodies", args=[self.area.slug])
        return TaskItem("Who approves protocols", plural(bodies, "body", "bodies"), url)

    def _directory(self):
        boroughs = self.area.children.count()
        organisations = organisations_in(self.area).count()
        yield TaskItem("Boroughs", str(boroughs), reverse("boards:boroughs", args=[self.area.slug]))
        yield TaskItem(
            "Boards, units and agencies",
            str(organisations),
            reverse("boards:organisations", args=[self.area.slug]),
        )

    def _people(self) -> TaskItem:
        overdue = appointments_in(self.area).overdue(localdate()).count()
        url = reverse("boards:people", args=[self.area.slug])
        if overdue:
            return TaskItem("People and their seats", f"{overdue} to confirm", url, colour="orange")
        return TaskItem("People and their seats", "All confirmed", url)


class SettingsEdit(ActionFormView):
    """A group of settings. Auditors get its values to read."""

    rule = "see"
    record_name = "instance"

    def dispatch(self, request, *args, **kwargs):
        if kwargs["group"] not in GROUPS:
            raise Http404
        self.group = GROUPS[kwargs["group"]]
        return super().dispatch(request, *args, **kwargs)

    @property
    def title(self) -> str:
        return self.group.title

    def get_form_class(self):
        return settings_form(self.group)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = [Row(f.label, shown(f)) for f in context["form"] if f.name != "revision"]
        return context | {"rows": rows, "hint": self.group.hint}

    def act(self, form):
        actions.change_settings(
            self.settings, revision=form.cleaned_data["revision"], by=self.request.user, **form.values
        )
        messages.success(self.request, f"{self.group.title} saved.")
        return redirect("boards:set_up", self.area.slug)


class ApprovingBodies(ActionFormView):
    rule = "see"
    record_name = "settings"
    template_name = "boards/approving_bodies.html"
    form_class = ApprovingBodiesForm
    title = "Who approves protocols"

    def get_form_kwargs(self):
        boards = organisations_in(self.area).filter(kind__in=Organisation.AREA_BOARDS).order_by("name")
        places = dict(ApprovingBody.objects.values_list("organisation", "position"))
        return super().get_form_kwargs() | {"boards": sorted(boards, key=lambda b: places.get(b.pk, LAST))}

    def get_context_data(self, **kwargs):
        bodies = ApprovingBody.objects.filter(territory=self.area).select_related("organisation")
        return super().get_context_data(bodies=bodies, **kwargs)

    def question(self, form):
        bodies = [body for body, _ in form.values["bodies"]]
        if not (left := actions.leaving(self.settings, bodies)):
            return None
        follows = [self._without(body) for body in left]
        if bodies:
            follows.append(f"These approve from now on: {', then '.join(map(str, bodies))}.")
        else:
            follows.append("No body will approve: each protocol goes straight to signature.")
        follows.append("The area’s co-ordinators are told by email.")
        names = left[0] if len(left) == 1 else f"{len(left)} bodies"
        return Question(f"Stop {names} approving protocols?", follows, "Save order", ReasonForm)

    def _without(self, body: Organisation) -> str:
        waiting = waiting_for(self.request.user, body) or "No protocol waits for it now."
        return f"{body} is not asked about versions submitted from now on. {waiting}"

    def act(self, form):
        said = self.answer.cleaned_data if self.answer else {}
        actions.set_approving_bodies(
            self.settings,
            revision=form.cleaned_data["revision"],
            by=self.request.user,
            **form.values,
            **said,
        )
        messages.success(
            self.request, "The order of approval is saved. It holds for versions submitted from now on."
        )
        return redirect("boards:set_up", self.area.slug)
