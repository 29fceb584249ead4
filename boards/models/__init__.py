from boards.models.appointments import Appointment
from boards.models.directory import Coverage, Organisation, OrganisationName, Reach, Territory
from boards.models.settings import ApprovingBody, AreaSettings, Counter

__all__ = [
    "Appointment",
    "ApprovingBody",
    "AreaSettings",
    "Counter",
    "Coverage",
    "Organisation",
    "OrganisationName",
    "Reach",
    "Territory",
]
