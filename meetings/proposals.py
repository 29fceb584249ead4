"""Whom a meeting should ask: its borough's standing invitees, and for under-18s always the two services of KPI 4."""

from dataclasses import dataclass

from boards.agencies import AGENCY_TYPES
from boards.models import Organisation, Territory
from meetings.models import Attendance, Contact, Discussion, Meeting, StandingInvitee

FOR_CHILDREN = {code for code, kind in AGENCY_TYPES.items() if kind.kpi4}
Agency = Organisation


def agencies_of(borough: Territory):
    """Those that cover it; another borough's may be asked too."""
    return Organisation.objects.filter(kind=Organisation.Kind.AGENCY, coverage__borough=borough)


def agencies_elsewhere(borough: Territory):
    found = Organisation.objects.filter(kind=Organisation.Kind.AGENCY, territory__parent=borough.parent)
    return found.exclude(coverage__borough=borough).select_related("territory").order_by("territory", "name")


@dataclass
class Round:
    """Everybody around the table, by case: what is chosen, what is proposed, who was told, whom nobody can reach."""

    meeting: Meeting
    discussions: list[Discussion]
    local: list[Agency]
    agencies: dict[int, Agency]
    chosen: dict[int, set[int]]  # agency to cases
    proposed: dict[int, set[int]]
    told: set[int]
    stood_down: set[int]
    reachable: set[int]

    @property
    def cases(self) -> set[int]:
        return {d.case_id for d in self.discussions}

    @property
    def suggested(self) -> dict[int, set[int]]:
        """What is chosen, else what is proposed; an under-18's services are left out only once stood down."""
        proposed = {a: heard for a, heard in self.proposed.items() if a not in self.stood_down}
        start = self.chosen or proposed
        children = {a: heard & self._under_18 for a, heard in proposed.items() if self._serves(a)}
        return {a: start.get(a, set()) | children.get(a, set()) for a in {*start, *children}}

    def hears(self, agency: int) -> set[int]:
        """The cases that it is asked about once it is ticked."""
        return self.suggested.get(agency) or self.proposed.get(agency) or self.cases

    @property
    def _under_18(self) -> set[int]:
        return {d.case_id for d in self.discussions if d.under_18}

    def _serves(self, agency: int) -> bool:
        return self.agencies[agency].agency_type in FOR_CHILDREN and bool(
            self.proposed[agency] & self._under_18
        )

    def missing_services(self) -> list[str]:
        """References of under-18s whom one of the two services is not asked about: KPI 4 charges us with it."""
        return [
            f"{AGENCY_TYPES[kind].name} is not invited for {d.case.reference}"
            for d in self.discussions
            if d.under_18
            for kind in sorted(FOR_CHILDREN)
            if not any(
                self.agencies[a].agency_type == kind and d.case_id in c for a, c in self.chosen.items()
            )
        ]

    def without_contact(self) -> list[Agency]:
        return [self.agencies[a] for a in self.chosen if a not in self.reachable and a not in self.told]


def round_of(meeting: Meeting) -> Round:
    discussions = list(meeting.discussions.select_related("case"))
    borough = meeting.organisation.territory
    local = list(agencies_of(borough).order_by("name"))
    parts = Attendance.objects.required().filter(discussion__meeting=meeting)
    chosen: dict[int, set[int]] = {}
    for agency, case in parts.values_list("organisation", "discussion__case"):
        chosen.setdefault(agency, set()).add(case)
    proposed = _proposed(meeting, discussions, local)
    ids = {*chosen, *proposed}
    found = {a.pk: a for a in local} | Organisation.objects.in_bulk(ids - {a.pk for a in local})
    invited = list(meeting.invitations.all())
    contacts = Contact.objects.current().filter(organisation=meeting.organisation)
    return Round(
        meeting,
        discussions,
        local,
        found,
        chosen,
        proposed,
        told={i.agency_id for i in invited if i.sent_at and not i.stood_down_at},
        stood_down={i.agency_id for i in invited if i.stood_down_at},
        reachable=set(contacts.values_list("agency", flat=True)),
    )


def _proposed(meeting: Meeting, discussions: list[Discussion], local: list[Agency]) -> dict[int, set[int]]:
    """The responsible Children's Services of an under-18 are asked about that case, if they are known."""
    standing = StandingInvitee.objects.filter(organisation=meeting.organisation, level=meeting.level)
    everyone = {d.case_id for d in discussions}
    proposed = {agency: set(everyone) for agency in standing.values_list("agency", flat=True)}
    for discussion in discussions:
        if discussion.under_18:
            for agency in _services(discussion, local):
                proposed.setdefault(agency, set()).add(discussion.case_id)
    return proposed


def _services(discussion: Discussion, local: list[Agency]) -> set[int]:
    known = discussion.responsible_csc_id
    kinds = FOR_CHILDREN - {"CSC"} if known else FOR_CHILDREN
    return {a.pk for a in local if a.agency_type in kinds} | ({known} if known else set())
