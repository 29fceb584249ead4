"""Goal 6: a file of new meetings, validated, merged, committed and counted, against its bare COPY."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta

import psycopg

from benchmarks.measure import Result, compare
from benchmarks.registers import YEAR
from boards.models import Organisation, Territory
from boards.scope import scope
from meetings.actions.importing import import_attendance
from meetings.attendance_file import COLUMNS, read
from meetings.models import Recount
from meetings.performance import figures

ROUNDS = 3
TEXTS = ", ".join(f'"{name}" text' for name in COLUMNS)


def measured(boroughs: Iterator[Territory], rows: int) -> list[Result]:
    """Each round imports into a borough that never saw the file; afterwards its days are counted, as the job does."""
    taken = [next(boroughs) for _ in range(ROUNDS + 1)]
    files = {borough: _file(borough, rows) for borough in taken}
    to_import, to_count = iter(taken), iter(taken)
    size = f"{rows // 1000} k rows"

    def ours():
        borough = next(to_import)
        with scope([borough.pk, borough.parent_id]):
            return import_attendance(read(files[borough]), boroughs=[borough], by=None).created

    def count():
        borough = next(to_count)
        with scope([borough.pk, borough.parent_id]):
            figures.count_days(Recount.objects.get(territory=borough).pk)

    with psycopg.connect(os.environ["DATABASE_URL"]) as bare:

        def limit():
            bare.execute(f"CREATE TEMPORARY TABLE staging ({TEXTS})")
            with bare.cursor().copy("COPY staging FROM STDIN (FORMAT csv, HEADER)") as copy:
                copy.write(files[taken[0]])
            count = bare.execute("SELECT count(*) FROM staging").fetchone()[0]
            bare.rollback()
            return count

        against = {"limit_is": "COPY to a bare table", "limit": limit, "rounds": ROUNDS}
        return [
            compare(f"import committed, {size}", **against, ours=ours, goal=25),
            compare(f"count of the imported days, {size}", **against, ours=count, goal=25, same=False),
        ]


def _file(borough: Territory, rows: int) -> bytes:
    """Panels of five cases and the borough's own agencies."""
    with scope([borough.pk, borough.parent_id]):
        found = Organisation.objects.filter(kind=Organisation.Kind.AGENCY, coverage__borough=borough)
        codes = sorted(set(found.values_list("agency_type", flat=True)))
    out = io.StringIO()
    out.write(",".join(COLUMNS) + "\n")
    for n in range(rows):
        part, code = divmod(n, len(codes))
        meeting, case = divmod(part, 5)
        day, level = YEAR[0] - timedelta(days=meeting % 3000), 3 if meeting % 6 == 0 else 2
        came = "no,,," if n % 13 == 0 else "yes,video,3,"
        who = f"F{meeting},{borough.slug},{day},{level},held,K{(meeting * 5 + case) % 900},1990-02-03,{codes[code]}"
        out.write(f"{who},yes,no,{came}no,\n")
    return out.getvalue().encode()
