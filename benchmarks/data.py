"""The data to measure on: London with its people, and as many protocols for each of its 33 boroughs as wanted."""

import os
import subprocess
import sys

import psycopg
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.second_factor import give_totp
from boards.models import Appointment, Organisation, Territory
from boards.roles import Seat
from boards.scope import everywhere, scope
from protocols.actions import copies, templates
from protocols.importer import ImportedClause, ImportedProtocol
from protocols.models import Protocol

TEXT = ImportedProtocol(
    title="Protocol",
    clauses=tuple(
        ImportedClause(
            1 + n % 2, f"Clause {n}", f"What {{borough}} agrees to under {n}.\n\n- one\n- two\n- three"
        )
        for n in range(20)
    ),
    left_out=(),
    words=200,
    merge_fields=20,
    warnings=(),
)


def migrate() -> None:
    owner = os.environ | {"DATABASE_ROLE": "owner"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], env=owner, check=True)


def london() -> dict[str, User]:
    """The area, a co-ordinator of the executive office and a chair of Camden's board."""
    call_command("load_area", "london", stdout=open(os.devnull, "w"))
    area = Territory.objects.get(slug="london")
    office = Organisation.objects.unit_of(area)
    board = Organisation.objects.get(kind=Organisation.Kind.BOARD, boroughs__slug="camden")
    return {
        "co_ordinator": _appoint("Co-ordinator", office, Seat.CO_ORDINATOR),
        "board_chair": _appoint("Board chair", board, Seat.CHAIR),
    }


def _appoint(name: str, where: Organisation, seat: str) -> User:
    user = User.objects.create_user(f"{seat}@example.org", name)
    give_totp(user)
    Appointment.objects.create(user=user, organisation=where, seat=seat, starts_on=timezone.localdate())
    return user


def protocols(per_borough: int, by: User) -> None:
    """One real template given to all boroughs, then copied in SQL with its version and grants."""
    area = Territory.objects.get(slug="london")
    named = everywhere()
    with scope(named.territories, named.areas):
        if not Protocol.objects.exists():
            draft = templates.import_template(
                area, name="Bench 1", imported=TEXT, source_name="bench.md", by=by
            )
            published = templates.publish(draft, by=by)
            boroughs = area.children.all()
            copies.give_copies(published, boroughs=boroughs, by=by, on=timezone.localdate())
        for number in range(Protocol.objects.count() // area.children.count() + 1, per_borough + 1):
            _copy_all(area, number)
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("ANALYZE")


def _copy_all(area: Territory, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO protocols_template (territory_id, organisation_id, reference, name)"
            " SELECT territory_id, organisation_id, 'LON-T-2026-B' || %s, 'Bench ' || %s FROM protocols_template"
            " WHERE name = 'Bench 1' RETURNING id",
            [number, number],
        )
        template = cursor.fetchone()[0]
        cursor.execute(
            "WITH made AS ("
            " INSERT INTO protocols_protocol"
            " (territory_id, about_id, organisation_id, board_id, template_id, reference)"
            " SELECT p.territory_id, p.about_id, p.organisation_id, p.board_id, %s,"
            " split_part(p.reference, '-', 1) || '-P-2026-' || lpad((1000 + %s)::text, 4, '0')"
            " FROM protocols_protocol p"
            " JOIN protocols_template t ON t.id = p.template_id WHERE t.name = 'Bench 1' RETURNING *),"
            " old AS (SELECT p.* FROM protocols_protocol p JOIN protocols_template t ON t.id = p.template_id"
            "  WHERE t.name = 'Bench 1'),"
            " versions AS (INSERT INTO protocols_version (territory_id, about_id, protocol_id, number,"
            "  template_version_id, status, content_hash)"
            "  SELECT m.territory_id, m.about_id, m.id, 1, v.template_version_id, 'draft', ''"
            "  FROM made m JOIN old o ON o.about_id = m.about_id JOIN protocols_version v ON v.protocol_id = o.id)"
            " INSERT INTO protocols_protocolgrant (territory_id, about_id, content_object_id, group_id, permission_id)"
            " SELECT m.territory_id, m.about_id, m.id, g.group_id, g.permission_id"
            " FROM made m JOIN old o ON o.about_id = m.about_id"
            " JOIN protocols_protocolgrant g ON g.content_object_id = o.id",
            [template, number],
        )
