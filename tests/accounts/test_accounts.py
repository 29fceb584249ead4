"""Making accounts, the demonstration, and what is refused at start-up."""

import io
import logging
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import localdate

from accounts import actions, checks
from accounts.models import User
from audit.models import Event
from boards.actions import appoint as appoint_to
from boards.models import Appointment
from mappa_portal.exceptions import Conflict
from mappa_portal.logs import json_lines
from outbox.models import Message
from tests.accounts.helpers import CODE, events, is_signed_in, sign_in


def appoint(email: str, **options) -> str:
    out = io.StringIO()
    defaults = {"territory": "london", "seat": "area_administrator", "name": "Ada Lovelace"}
    call_command("appoint", email, stdout=out, **(defaults | options))
    return out.getvalue()


def path_of(text: str) -> str:
    return text.partition("http://127.0.0.1:8000")[2].split()[0]


def test_the_first_account_signs_in_by_its_link(client, world):
    printed = appoint("Ada@Example.org")
    user = User.objects.get(email="ada@example.org")
    assert user.name == "Ada Lovelace"
    assert user.appointments.get().organisation.slug == "london-mappa-executive-office"
    assert Message.objects.filter(kind="account_invitation", to_email=user.email).count() == 1

    form = client.get(path_of(printed))["Location"]
    client.post(form, {"password1": "a kettle, two maps and rain"})
    sign_in(client, user, "a kettle, two maps and rain")
    assert is_signed_in(client)
    assert "This link no longer works" in Client().get(path_of(printed), follow=True).content.decode()
    assert "has signed in before" in appoint("ada@example.org")
    assert Appointment.objects.filter(user=user).count() == 1


@pytest.mark.parametrize(
    "options, error",
    [
        ({"territory": "atlantis"}, "no area or borough of this name"),
        ({"seat": "spoc"}, "Select a seat that"),
        ({"email": "nobody"}, "valid email address"),
    ],
)
def test_appoint_says_what_is_wrong_and_changes_nothing(world, options, error):
    before = User.objects.count()
    with pytest.raises(CommandError, match=error) as refused:
        appoint(options.pop("email", "ada@example.org"), **options)
    assert "\n" not in str(refused.value)
    assert User.objects.count() == before


WHO_MAY_INVITE = [
    ("area_administrator", True),
    ("co_ordinator", False),
    ("leeds_co_ordinator", False),
    ("camden_administrator", False),
]


@pytest.mark.parametrize("who, may", WHO_MAY_INVITE)
def test_administrators_of_the_area_look_after_accounts(world, who, may):
    by = getattr(world, who)
    of = world.camden_business_manager
    verbs = [actions.invite, actions.reset_second_factor, actions.disable, actions.enable]
    for verb in verbs:
        if may:
            verb(of, by=by)
        else:
            with pytest.raises(PermissionDenied):
                verb(of, by=by)
    with pytest.raises(PermissionDenied):
        actions.invite(world.leeds_administrator, by=by)


ADMINISTERED = {"user.created", "user.invited", "user.second_factor_reset", "user.disabled", "user.enabled"}


def test_H1_the_areas_auditor_reads_what_its_administrator_does_to_accounts(client, world):
    by, area = world.area_administrator, world.territory("london")
    with world.acting(by):
        user = actions.create_account("ada@example.org", name="Ada", area=area, by=by)
        unit = world.organisation("camden-mappa-unit")
        start = localdate() + timedelta(days=1)  # not in post yet, and looked after already
        appoint_to(unit, user=user, seat="chair", starts_on=start, by=by)
        for verb in (actions.invite, actions.reset_second_factor, actions.disable, actions.enable):
            verb(user, by=by)
    found = Event.objects.for_user(world.auditor).filter(name__in=ADMINISTERED)
    assert {e.name for e in found.filter(subject_id=user.pk, actor=by)} == ADMINISTERED
    assert not Event.objects.for_user(world.leeds_co_ordinator).exists()
    client.force_login(world.auditor)
    assert "Reset a second factor" in client.get("/audit/").content.decode()


def test_somebody_who_left_is_looked_after_where_he_or_she_sat_last(world):
    user = world.camden_business_manager
    user.appointments.update(ends_on=localdate() - timedelta(days=1))
    with pytest.raises(PermissionDenied):
        actions.disable(user, by=world.leeds_co_ordinator)
    actions.disable(user, by=world.area_administrator)


def test_a_link_is_not_given_out_for_an_account_in_use(client, world):
    sign_in(client, world.camden_business_manager)
    with pytest.raises(Conflict, match="has signed in before"):
        actions.invite(world.camden_business_manager, by=world.area_administrator)


def test_A6_resetting_the_second_factor_ends_sessions_and_asks_for_set_up(client, world):
    user = world.camden_business_manager
    sign_in(client, user)
    actions.reset_second_factor(user, by=world.area_administrator)
    assert not is_signed_in(client)
    assert client.post("/sign-in/", {"login": user.email, "password": "x"}).status_code == 200
    assert Message.objects.get(kind="account_change").to_email == user.email


def test_account_page_saves_details(client, world):
    user = world.camden_administrator
    client.force_login(user)
    bad = client.post("/account/", {"name": "", "phone": "call me"})
    assert "Enter your full name" in bad.content.decode()
    assert "Phone number must have digits, like 020 7946 0999" in bad.content.decode()

    client.post(
        "/account/",
        {"name": "Ada Lovelace", "phone": "020 7946 0001", "email": "x@example.org", "is_active": ""},
    )
    user.refresh_from_db()
    assert (user.name, user.phone, user.reminders) == ("Ada Lovelace", "020 7946 0001", False)
    assert user.email == "camden_administrator@example.org" and user.is_active
    change = events("user.edited").get().changes.get()
    assert change.before == {"name": "Camden Administrator", "phone": "", "reminders": True}
    assert change.after == {"name": "Ada Lovelace", "phone": "020 7946 0001", "reminders": False}
    assert "Administrator, Camden MAPPA Unit" in client.get("/account/").content.decode()


# -- The demonstration --


def test_I1_demo_signs_in_with_one_click_and_skips_nothing(client, world, settings):
    settings.DEMO = True
    page = client.get("/sign-in/").content.decode()
    assert page.index("London: the whole area") < page.index("Camden") < page.index("West Yorkshire</span>")
    user = world.camden_mappa_chair

    asked = client.post("/sign-in/demo/", {"person": user.email, "next": "/search/"})
    assert asked["Location"] == CODE and not is_signed_in(client)
    shown = client.get(CODE).context["shown"]
    assert shown.code in client.get(CODE).content.decode()
    assert client.post(CODE, {"code": shown.code})["Location"] == "/search/"

    again = Client()
    again.post("/sign-in/demo/", {"person": user.email})
    page = again.get(CODE)
    assert page.context["shown"].used
    assert f"the app shows {shown.code}, which has been used" in page.content.decode()


def test_without_demo_nobody_is_listed_and_nothing_is_shown(client, world):
    assert world.camden_mappa_chair.name not in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/demo/", {"person": world.camden_mappa_chair.email}).status_code == 404


@pytest.mark.parametrize(
    "url, errors", [("", []), ("https://id.example", []), ("http://id.example", ["accounts.E002"])]
)
def test_single_sign_on_in_the_open_is_refused(settings, url, errors):
    settings.OIDC_SERVER_URL = url
    assert [e.id for e in checks.single_sign_on_is_encrypted(None)] == errors


# -- Logs --


def test_E2_log_lines_hold_named_fields_only():
    record = logging.LogRecord(
        "x", logging.ERROR, "f.py", 1, "Not found: %s", ("/r/CMD-secret?name=Ada",), None
    )
    record.user, record.route, record.email, record.request = 7, "r/<token>/", "ada@example.org", "POST Ada"
    try:
        raise ValueError("Key (name)=(Ada) already exists")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    line = json_lines().format(record)
    assert '"event": "Not found: %s"' in line and '"user": 7' in line and '"exception": "ValueError"' in line
    assert "tests/accounts/test_accounts.py" in line
    assert "Ada" not in line and "ada@" not in line and "secret" not in line


def test_E2_requests_are_logged_by_route(client, world, caplog):
    caplog.set_level(logging.INFO, "mappa_portal.requests")
    client.get(path_of(actions.one_time_link(world.nobody)) + "?name=Ada")
    line = caplog.records[-1]
    assert (line.status, line.method) == (302, "GET")
    assert line.route.startswith("^recover/(?P<uidb36>") and "Ada" not in str(vars(line))
