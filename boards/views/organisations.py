"""The directory of an area: its boroughs, and the boards, units and agencies in them."""

from datetime import date

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.views.generic import TemplateView

from boards import actions
from boards.area_rules import ORGANISATION_RULES
from boards.directory import appointments_in, organisations_in
from boards.forms import (
    GRADES,
    GROUPS,
    CoverageForm,
    GradesForm,
    OrganisationFilter,
    OrganisationForm,
    ReachForm,
    RenameForm,
)
from boards.models import Appointment, Coverage, Organisation
from boards.views.area import ActionFormView, AreaMixin
from mappa_portal.pagination import keyset
from mappa_portal.templatetags.govuk import Row
from mappa_portal.words import long_date

NONE, NOBODY = "None yet", "Nobody"
BOROUGH_COLUMNS = ("Borough", "Code", "Statistics code (GSS)", "Safeguarding board", "MAPPA unit")
ORGANISATION_COLUMNS = ("Name", "What it is", "Covers", "People in post")


class OrganisationMixin:
    """The organisation that the address names, in this area."""

    @cached_property
    def organisation(self) -> Organisation:
        return get_object_or_404(organisations_in(self.area), slug=self.kwargs["slug"])

    @property
    def record(self) -> Organisation:
        return self.organisation

    def get_context_data(self, **kwargs):
        return super().get_context_data(organisation=self.organisation, **kwargs)

    def done(self, text: str):
        messages.success(self.request, text)
        return redirect("boards:organisation", self.area.slug, self.organisation.slug)


class BoroughList(AreaMixin, TemplateView):
    template_name = "boards/boroughs.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(columns=BOROUGH_COLUMNS, rows=list(self._rows()), **kwargs)

    def _rows(self):
        kinds = (Organisation.Kind.BOARD, Organisation.Kind.UNIT)
        looked_after = Coverage.objects.filter(
            borough__parent=self.area, organisation__kind__in=kinds
        ).exclude(organisation__kind=Organisation.Kind.UNIT, organisation__territory=self.area)
        found = {
            (c.borough_id, c.organisation.kind): c.organisation
            for c in looked_after.select_related("organisation")
        }
        for borough in self.area.children.all():
            yield (
                borough.name,
                borough.code,
                borough.gss_code or "Not known",
                *(self._link(found.get((borough.pk, kind))) for kind in kinds),
            )

    def _link(self, organisation: Organisation | None):
        if organisation is None:
            return NONE
        url = reverse("boards:organisation", args=[self.area.slug, organisation.slug])
        return format_html('<a class="govuk-link" href="{}">{}</a>', url, organisation)


class OrganisationList(AreaMixin, TemplateView):
    template_name = "boards/organisations.html"

    def get_context_data(self, **kwargs):
        chosen = OrganisationFilter(self.request.GET or None, area=self.area)
        page = keyset(with_people(chosen.narrow(organisations_in(self.area))), self.request, "name", "slug")
        rows = [self._row(organisation) for organisation in page]
        return super().get_context_data(
            filter=chosen, page=page, columns=ORGANISATION_COLUMNS, rows=rows, **kwargs
        )

    def _row(self, organisation: Organisation) -> tuple:
        url = reverse("boards:organisation", args=[self.area.slug, organisation.slug])
        kind = organisation.get_agency_type_display() or organisation.get_kind_display()
        return (
            format_html('<a class="govuk-link" href="{}">{}</a>', url, organisation),
            kind,
            covered(organisation),
            organisation.people or NOBODY,
        )


def with_people(organisations: QuerySet) -> QuerySet:
    """Each with the number of its current appointments."""
    held = Appointment.objects.current(localdate()).filter(organisation=OuterRef("pk"), user__is_active=True)
    number = held.order_by().values("organisation").annotate(number=Count("pk")).values("number")
    return organisations.annotate(people=Subquery(number))


def covered(organisation: Organisation) -> str:
    """In few words: a name, a number, or the whole area."""
    boroughs = organisation.boroughs.all()
    if not boroughs:
        return "The area"
    return boroughs[0].name if len(boroughs) == 1 else f"{len(boroughs)} boroughs"


class OrganisationDetail(OrganisationMixin, AreaMixin, TemplateView):
    template_name = "boards/organisation.html"

    def get_context_data(self, **kwargs):
        held = appointments_in(self.area).filter(organisation=self.organisation).prefetch_related("boroughs")
        today = localdate()
        return super().get_context_data(
            may=ORGANISATION_RULES.allowed(self.request.user, self.organisation),
            names=[(n.name, days(n.valid_from, n.valid_to)) for n in self.organisation.names.all()],
            in_post=held.exclude(ends_on__lt=today).order_by("seat", "user__name"),
            today=today,
            grades=list(self._grades()),
            reach=self._reach(),
            **kwargs,
        )

    def _grades(self):
        """What counts as an agency's attendance, and whose rule that is."""
        agency = self.organisation
        if agency.kind != Organisation.Kind.AGENCY:
            return
        for level, own in ((2, agency.level2_grade), (3, agency.level3_grade)):
            grade = dict(GRADES)[self.settings.lowest_grade(agency, level)]
            yield f"Level {level}", grade if own else f"{grade} (as the area)"

    def _reach(self) -> list[Row]:
        """How agencies reach a MAPPA unit."""
        unit = self.organisation
        if unit.kind != Organisation.Kind.UNIT:
            return []
        return [
            Row("Telephone number", unit.phone or "None recorded"),
            Row("Email address", unit.email or "None recorded"),
        ]


def days(first: date | None, last: date | None) -> str:
    """ "until 28 September 2019", "from 29 September 2019"."""
    words = [
        f"from {long_date(first)}" if first else "",
        f"until {long_date(last)}" if last else "",
    ]
    return " ".join(filter(None, words)) or "since before the records begin"


class OrganisationAdd(ActionFormView):
    form_class = OrganisationForm
    title, button = "Add an organisation", "Add organisation"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"area": self.area}

    def act(self, form):
        added = actions.add_organisation(self.settings, by=self.request.user, **form.values)
        messages.success(self.request, f"{added} is added. Appoint its people next.")
        return redirect("boards:organisation", self.area.slug, added.slug)


class OrganisationRename(OrganisationMixin, ActionFormView):
    form_class = RenameForm
    title, button = "Rename", "Save new name"

    def get_initial(self):
        return {"name": self.organisation.name}

    def act(self, form):
        renamed = actions.rename(self.organisation, by=self.request.user, **form.cleaned_data)
        return self.done(f"The name is {renamed} now.")


class OrganisationCover(OrganisationMixin, ActionFormView):
    form_class = CoverageForm
    record_name = "organisation"
    title, button = "Boroughs it covers", "Save boroughs"

    def act(self, form):
        actions.cover(
            self.organisation,
            boroughs=form.cleaned_data["boroughs"],
            revision=form.cleaned_data["revision"],
            by=self.request.user,
        )
        return self.done("The boroughs are saved.")


class OrganisationGrades(OrganisationMixin, ActionFormView):
    form_class = GradesForm
    record_name = "organisation"
    title, button = "Lowest grades", "Save grades"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"settings": self.settings}

    def get_context_data(self, **kwargs):
        return super().get_context_data(hint=GROUPS["meetings"].hint, **kwargs)

    def act(self, form):
        actions.set_grades(self.organisation, by=self.request.user, **form.cleaned_data)
        return self.done("The lowest grades are saved.")


class OrganisationReach(OrganisationMixin, ActionFormView):
    form_class = ReachForm
    record_name = "organisation"
    title, button = "Telephone and email", "Save telephone and email"

    def get_context_data(self, **kwargs):
        hint = "Invitations, reminders and the reply slip name them, so that an agency can ask."
        return super().get_context_data(hint=hint, **kwargs)

    def act(self, form):
        actions.set_reach(self.organisation, by=self.request.user, **form.cleaned_data)
        return self.done("The telephone number and email address are saved.")
