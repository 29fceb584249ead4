"""The agency types of MAPPA and the names that they carried (domain register, sections 2 and 11)."""

from dataclasses import dataclass
from datetime import date

GRADES = [  # how senior somebody is; what counts at Levels 2 and 3 is set by area and agency
    (1, "Practitioner"),
    (2, "Team manager"),
    (3, "Service manager"),
    (4, "Head of service or above"),
]


@dataclass(frozen=True)
class AgencyType:
    """``names`` are (valid from, name), oldest first; ``local`` types stand in each borough, others cover the area."""

    code: str
    names: tuple[tuple[date | None, str], ...]
    responsible_authority: bool = False
    local: bool = True
    kpi4: bool = False
    safeguarding: bool = False

    @property
    def name(self) -> str:
        return self.names[-1][1]

    def name_on(self, day: date) -> str:
        return [name for since, name in self.names if since is None or since <= day][-1]


def _type(code, *names, **flags):
    return AgencyType(code, tuple((None, n) if isinstance(n, str) else n for n in names), **flags)


AGENCY_TYPES = {
    kind.code: kind
    for kind in (
        _type("POL", "Police", responsible_authority=True, local=False),
        _type(
            "PRB",
            "Probation Trust",
            (date(2014, 6, 1), "National Probation Service"),
            (date(2021, 6, 26), "Probation Service"),
            responsible_authority=True,
            local=False,
        ),
        _type(
            "PRI",
            "HM Prison Service",
            (date(2017, 4, 1), "HMPPS"),
            responsible_authority=True,
            local=False,
        ),
        _type("CSC", "Children's Services", kpi4=True, safeguarding=True),
        _type(
            "YOT",
            "Youth Offending Team",
            (date(2020, 1, 1), "Youth Justice Service"),
            kpi4=True,
            safeguarding=True,
        ),
        _type("ASC", "Adult Social Care", safeguarding=True),
        _type("EDU", "Education", safeguarding=True),
        _type("HSG", "Housing"),
        _type(
            "RSL",
            "Registered social landlords",
            (date(2010, 4, 1), "Social housing providers"),
            local=False,
        ),
        _type(
            "HCM",
            "Primary Care Trust",
            (date(2013, 4, 1), "Clinical Commissioning Group"),
            (date(2022, 7, 1), "Integrated Care Board"),
            safeguarding=True,
            local=False,
        ),
        _type("HPR", "Mental Health Trust", safeguarding=True, local=False),
        _type("JCP", "Jobcentre Plus", local=False),
        _type(
            "IMM",
            "UK Border Agency",
            (date(2013, 4, 1), "Immigration Enforcement"),
            local=False,
        ),
        _type("EMP", "Electronic monitoring provider", local=False),
        _type("MOD", "Ministry of Defence", local=False),
    )
}
