"""Separation in the database, proven against the catalogue and with raw SQL (assurance T)."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from audit.models import Event
from boards.access import scope_of, share, unshare
from boards.models import Counter, Reach
from boards.owned import Owned
from boards.scope import Scope, ScopeMissing, current_scope, scope
from protocols.models import Protocol, Version

EXEMPT = {  # the scope is computed from them; they hold ids, seats and dates (T1)
    "boards_territory": "directory",
    "boards_organisation": "directory",
    "boards_organisationname": "directory",
    "boards_coverage": "the scope is computed from it",
    "boards_appointment": "the scope is computed from it",
    "boards_appointment_boroughs": "the scope is computed from it",
    "boards_reach": "the scope is computed from it: organisation, territory, count",
    "accounts_user": "sign-in comes before the scope",
    "accounts_submission": "a person, a keyed digest, an address of the portal",
    "account_emailaddress": "sign-in",
    "account_emailconfirmation": "sign-in",
    "mfa_authenticator": "sign-in",
    "socialaccount_socialaccount": "sign-in",
    "socialaccount_socialapp": "sign-in",
    "socialaccount_socialtoken": "sign-in",
    "usersessions_usersession": "sign-in",
    "django_session": "sign-in",
    "auth_group": "one per organisation, directory",
    "auth_group_permissions": "stays empty: no global permissions (A4)",
    "auth_permission": "names of permissions",
    "guardian_groupobjectpermission": "stays empty: every grant has a table of its own",
    "guardian_userobjectpermission": "stays empty: grants go to organisations",
    "outbox_heartbeat": "two times of day",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
}


def rows(sql: str, *parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def tables() -> list[str]:
    return [
        name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    ]


def owned_models() -> list[type[Owned]]:
    return [m for m in apps.get_models() if issubclass(m, Owned)]


def test_T1_every_table_is_owned_or_exempt(db):
    owned = {m._meta.db_table for m in owned_models()}
    assert set(tables()) == owned | set(EXEMPT)
    assert not owned & set(EXEMPT)


@pytest.mark.parametrize("model", owned_models(), ids=lambda m: m._meta.db_table)
def test_T1_policy_shape(db, model):
    table = model._meta.db_table
    [(enabled, forced)] = rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s AND relkind = 'r'", table
    )
    assert enabled and forced
    policies = rows(
        "SELECT permissive, roles::text, cmd, qual, with_check FROM pg_policies WHERE tablename = %s", table
    )
    permissive = [p for p in policies if p[0] == "PERMISSIVE"]
    [(_, roles, command, using, check)] = permissive
    assert (roles, command) == ("{mappa_app}", "ALL")
    assert using == check
    assert "territory_id = ANY" in using and "SELECT app.scope()" in " ".join(using.split())
    has_about = any(f.name == "about" for f in model._meta.fields)
    assert [p[0] for p in policies if p not in permissive] == (["RESTRICTIVE"] if has_about else [])
    [(nullable,)] = rows(
        "SELECT is_nullable FROM information_schema.columns WHERE table_name = %s AND column_name = 'territory_id'",
        table,
    )
    assert nullable == "NO"


def test_T1_without_scope_nothing_is_there(world):
    world.in_force()
    counts = {m._meta.db_table: f"SELECT count(*) FROM {m._meta.db_table}" for m in owned_models()}
    assert rows(counts["protocols_version"]) == [(1,)]
    with scope([]):
        assert {table: rows(count) for table, count in counts.items()} == {table: [(0,)] for table in counts}


def test_T1_without_scope_every_insert_is_refused(world):
    london = world.territory("london")
    with scope([]), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Counter.objects.create(territory=london, code="LON", kind="X", year=2026)


def test_T1_a_row_cannot_be_moved_to_a_foreign_territory(world):
    london, leeds = world.territory("london"), world.territory("leeds")
    counter = Counter.objects.create(territory=london, code="LON", kind="X", year=2026)
    with (
        scope([london.pk]),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Counter.objects.filter(pk=counter.pk).update(territory=leeds)


def test_T1_about_a_borough_opens_to_it_and_to_area_seats(world):
    camden, hackney = world.protocol("camden"), world.protocol("hackney")
    london = world.territory("london").pk
    seen = {
        "camden": (scope([london, camden.about_id]), {camden}),
        "hackney": (scope([london, hackney.about_id]), {hackney}),
        "the area alone": (scope([london]), set()),
        "an area seat": (scope([london], areas=[london]), {camden, hackney}),
    }
    for who, (opened, expected) in seen.items():
        with opened:
            assert set(Protocol.objects.all()) == expected, who


def test_T2_nested_scopes_put_the_outer_one_back(world):
    camden, hackney = world.territory("camden").pk, world.territory("hackney").pk
    setting = "SELECT current_setting('portal.territories')"
    with scope([camden]):
        with scope([hackney]):
            assert rows(setting) == [(f"{{{hackney}}}",)]
        assert rows(setting) == [(f"{{{camden}}}",)]
        assert current_scope() == Scope(frozenset({camden}))
        with pytest.raises(ZeroDivisionError), scope([hackney]):
            raise ZeroDivisionError
        assert rows(setting) == [(f"{{{camden}}}",)]


def test_T2_a_query_without_scope_is_refused_when_it_runs(db):
    unevaluated = Version.objects.filter(
        number=1
    )  # building one is free: class attributes and forms hold them
    for run in (
        unevaluated.exists,
        lambda: unevaluated.update(number=2),
        unevaluated.delete,
        lambda: list(unevaluated),
    ):
        with pytest.raises(ScopeMissing):
            run()


def test_T3_the_application_role_is_nobody_special(db):
    assert rows("SELECT current_user::text") == [("mappa_app",)]
    [(superuser, bypass, createrole, createdb)] = rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert not (superuser or bypass or createrole or createdb)
    others = rows(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'mappa%%' AND rolname <> current_user"
        " AND pg_has_role(current_user, oid, 'MEMBER')"
    )
    assert others == []
    assert rows("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user") == []


def test_T3_the_application_role_has_no_truncate_trigger_references_or_create(db):
    forbidden = rows(
        "SELECT c.relname, p.privilege FROM pg_class c,"
        " unnest(ARRAY['TRUNCATE', 'TRIGGER', 'REFERENCES']) AS p(privilege)"
        " WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace = 'public'::regnamespace"
        " AND has_table_privilege(c.oid, p.privilege)"
    )
    assert forbidden == []
    assert rows("SELECT has_schema_privilege('public', 'CREATE'), has_schema_privilege('app', 'CREATE')") == [
        (False, False)
    ]


def test_T4_no_side_doors(db):
    assert rows("SELECT matviewname FROM pg_matviews") == []
    assert (
        rows(
            "SELECT proname FROM pg_proc WHERE prosecdef"
            " AND pronamespace IN ('public'::regnamespace, 'app'::regnamespace)"
        )
        == []
    )
    views = rows(
        "SELECT relname, reloptions FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
    )
    assert all("security_invoker=true" in (options or []) for _, options in views)


FOREIGN_KEYS = """
    SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, array_agg(a.attname ORDER BY k.ordinality)
    FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY k(attnum, ordinality), pg_attribute a
    WHERE c.contype = 'f' AND a.attrelid = c.conrelid AND a.attnum = k.attnum
    GROUP BY c.oid, c.conrelid, c.confrelid
"""


def test_T5_keys_between_owned_tables_carry_the_territory(db):
    owned = {m._meta.db_table: m for m in owned_models()}
    keys = {(table, columns[-1]): columns for table, target, columns in rows(FOREIGN_KEYS) if target in owned}
    expected = {
        (table, field.column): ["territory_id", field.column]
        for table, model in owned.items()
        for field in model._meta.concrete_fields
        if field.is_relation and issubclass(field.related_model, Owned)
    }
    assert keys == expected


def test_T5_unique_constraints_include_the_territory(db):
    unique = rows(
        "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text FROM pg_index i"
        " WHERE i.indisunique AND NOT i.indisprimary AND NOT EXISTS (SELECT 1 FROM pg_attribute a"
        " WHERE a.attrelid = i.indrelid AND a.attname = 'territory_id' AND a.attnum = ANY (i.indkey))"
    )
    owned = {m._meta.db_table for m in owned_models()}
    assert [index for table, index in unique if table in owned] == []


@pytest.mark.parametrize("parent", ["foreign", "missing"])
def test_T5_a_foreign_parent_fails_exactly_like_a_missing_one(world, parent):
    leeds_area = world.territory("west-yorkshire")
    protocol = world.protocol()
    parent_id = protocol.pk if parent == "foreign" else 999_999
    template = Version.objects.values_list("template_version_id", flat=True).get()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Version.objects.create(
            territory=leeds_area, protocol_id=parent_id, number=7, template_version_id=template
        )
        connection.check_constraints()
    assert "_inside" in str(refused.value)


@pytest.mark.parametrize(
    "who, territories, areas",
    [
        ("camden_administrator", {"camden", "london"}, set()),
        ("camden_board_chair", {"camden", "london"}, set()),
        ("camden_police_spoc", {"camden", "london"}, set()),
        ("smb_member", {"london"}, {"london"}),
        ("scb_chair", {"london"}, {"london"}),
        ("co_ordinator", {"london", "camden", "hackney", "islington"}, {"london"}),
        ("leeds_administrator", {"leeds", "west-yorkshire"}, set()),
        ("nobody", set(), set()),
    ],
)
def test_T6_the_scope_of_each_seat(world, who, territories, areas):
    opened = scope_of(getattr(world, who))
    assert opened.territories == {world.territory(slug).pk for slug in territories}
    assert opened.areas == {world.territory(slug).pk for slug in areas}


def test_T6_a_boroughs_own_records_are_never_shared_with_an_area_board(world):
    class BoroughRecord:
        territory = world.territory("camden")

    with pytest.raises(ValidationError, match="looks across the area"):
        share(BoroughRecord(), with_=world.organisation("london-smb"))


def test_A6_a_share_opens_at_once_and_ends_at_once(world):
    protocol, leeds_unit = world.protocol(), world.organisation("leeds-mappa-unit")
    stranger = "leeds_administrator"

    def sees() -> bool:
        user = getattr(world, stranger)
        with world.acting(user):
            return Protocol.objects.for_user(user).exists()

    assert not sees()
    share(protocol, with_=leeds_unit)
    share(protocol, with_=leeds_unit)  # again is the same as once
    assert Reach.objects.get(organisation=leeds_unit).count == 1
    assert not sees()  # the belt holds: the protocol is about Camden, and that is not in the scope
    unshare(protocol, with_=leeds_unit)
    unshare(protocol, with_=leeds_unit)
    assert Reach.objects.get(organisation=leeds_unit).count == 0


GIVEN = [  # somebody of the agency that hackney gave something to, and whether it is for this person
    ("camden_police_spoc", "metropolitan-police", False),  # of an agency for all boroughs, a seat for Camden
    ("camden_csc_spoc", "camden-childrens-services", True),  # invited next door
]


@pytest.mark.parametrize("who, agency, opens", GIVEN)
def test_a_seat_for_some_boroughs_is_not_for_what_the_others_gave_its_agency(world, who, agency, opens):
    hackney = world.territory("hackney")
    Reach.objects.create(organisation=world.organisation(agency), territory=hackney, count=1)
    assert (hackney.pk in scope_of(getattr(world, who)).territories) == opens


def test_A6_deleting_an_object_leaves_no_grant(world):
    protocol = world.protocol()
    grants = protocol.grants.model.objects
    assert grants.filter(content_object=protocol).count() == 5
    Version.objects.filter(protocol=protocol).delete()
    protocol.delete()
    assert grants.count() == 0


def test_H1_events_are_chained_in_the_scope_that_made_them(world):
    world.protocol()
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Event.objects.filter(name="protocol.drafted").count() == 1
