"""Whom an attendance file names: its boroughs, their MAPPA units and agencies."""

from collections.abc import Collection

from boards.models import Coverage, Organisation, Territory
from meetings.attendance_file import Fault, FileRefused, Row


class Directory:
    """Of the boroughs that may be written. Another borough's agency may be named, its meetings may not."""

    def __init__(self, boroughs: Collection[Territory]):
        self.boroughs = {b.slug: b for b in boroughs}
        self._slugs = dict(
            Territory.objects.filter(kind=Territory.Kind.BOROUGH).values_list("slug", "pk")
        )  # for CSC@islington
        covered = Coverage.objects.filter(organisation__kind=Organisation.Kind.AGENCY)
        self._agencies = {
            (borough, kind): organisation
            for borough, kind, organisation in covered.order_by("-organisation").values_list(
                "borough", "organisation__agency_type", "organisation"
            )
        }
        self.units = {
            unit.territory_id: unit
            for unit in Organisation.objects.filter(
                kind=Organisation.Kind.UNIT, territory__in=self.boroughs.values()
            )
            .select_related("territory")
            .order_by("-pk")
        }

    def resolve(self, rows: list[Row]) -> list[int]:
        """The organisation of each row; FileRefused names the lines that lead nowhere or twice to the same place."""
        found, faults = [], []
        first: dict[tuple[str, str, int | None], int] = {}
        for row in rows:
            if fault := self._borough_fault(row):
                faults.append(fault)
                continue
            agency = self._agency(row)
            if agency is None:
                faults.append(
                    Fault(row.line, "agency", f"must be an agency in the directory, not {row.agency}")
                )
            elif (before := first.setdefault((row.meeting, row.case, agency), row.line)) != row.line:
                faults.append(
                    Fault(row.line, "agency", f"must be named once a case: it stands in line {before} too")
                )
            found.append(agency)
        if faults:
            raise FileRefused(faults)
        return found

    def _borough_fault(self, row: Row) -> Fault | None:
        borough = self.boroughs.get(row.borough)
        if borough is None:
            known = (
                ", ".join(sorted(self.boroughs))
                if len(self.boroughs) <= 5
                else "one of the portal's boroughs"
            )
            return Fault(row.line, "borough", f"must be {known}, not {row.borough}")
        if borough.pk not in self.units:
            return Fault(
                row.line, "borough", f"{borough} has no MAPPA unit: add one in the area's organisations"
            )
        return None

    def _agency(self, row: Row) -> int | None:
        kind, _, elsewhere = row.agency.partition("@")
        return self._agencies.get((self._slugs.get(elsewhere or row.borough), kind))

    def lock(self) -> None:
        """One import of a borough at a time; in a fixed order, so that two files never wait for each other."""
        units = Organisation.objects.select_for_update(no_key=True).filter(
            pk__in=[u.pk for u in self.units.values()]
        )
        list(units.order_by("pk").values_list("pk"))
