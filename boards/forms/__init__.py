"""The forms of area set-up. Each gives its action what it takes: ``cleaned_data``, or ``values``."""

from boards.forms.fields import GRADES
from boards.forms.organisations import (
    CoverageForm,
    GradesForm,
    OrganisationFilter,
    OrganisationForm,
    ReachForm,
    RenameForm,
)
from boards.forms.people import AppointForm, ChangeAppointmentForm, EndForm, OtherChairForm, PeopleFilter
from boards.forms.settings import GROUPS, ApprovingBodiesForm, ReasonForm, settings_form

__all__ = [
    "GRADES",
    "GROUPS",
    "AppointForm",
    "ApprovingBodiesForm",
    "ChangeAppointmentForm",
    "CoverageForm",
    "EndForm",
    "GradesForm",
    "OrganisationFilter",
    "OrganisationForm",
    "OtherChairForm",
    "PeopleFilter",
    "ReachForm",
    "ReasonForm",
    "RenameForm",
    "settings_form",
]
