"""I1, a test for each clause, through the real pages."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.actions import one_time_link
from accounts.codes import EXPIRED_CODE, MISSING_CODE, WRONG_CODE, codes_of, secret_of
from accounts.second_factor import current_code
from outbox.models import Message
from tests.accounts.helpers import CODE, SIGN_IN, events, give_password, is_signed_in, sign_in
from tests.factories import PASSWORD

COMMON = "Enter a password that is harder to guess: many people use this one"
NEW_PASSWORD = "a kettle, two maps and rain"


def test_I1_password_and_code_open_the_page_that_was_asked_for(client, world):
    user = world.camden_administrator
    asked = client.get("/search/?q=CMD")
    assert asked["Location"] == f"{SIGN_IN}?next=/search/%3Fq%3DCMD"

    assert give_password(client, user.email, to="/search/?q=CMD")["Location"] == CODE
    assert not is_signed_in(client)
    arrived = client.post(CODE, {"code": current_code(user)})

    assert arrived["Location"] == "/search/?q=CMD"
    assert is_signed_in(client)
    assert events("user.signed_in").get().actor == user


@pytest.mark.parametrize(
    "password, error",
    [
        ("fourteen chars", "Password must be 15 characters or more"),
        ("manchesterunited", COMMON),
        ("passwordPassword!", COMMON),
        ("123456789012345", COMMON),
        ("qwertyuiop asdfgh", COMMON),
        ("all lower case is fine", ""),
    ],
)
def test_I1_passwords_are_long_and_not_common(password, error):
    try:
        validate_password(password)
    except ValidationError as refused:
        assert refused.messages == [error]
    else:
        assert not error


def test_I1_passwords_are_kept_as_argon2id(world):
    assert world.smb_chair.password.startswith("argon2$argon2id$")


def test_I1_a_code_opens_once(client, world):
    user = world.camden_administrator
    give_password(client, user.email)
    code = current_code(user)
    assert client.post(CODE, {"code": code}).status_code == 302

    other = Client()
    give_password(other, user.email)
    again = other.post(CODE, {"code": code})

    assert EXPIRED_CODE in again.content.decode()
    assert not is_signed_in(other)


def test_I1_a_code_opens_once_for_many_at_the_same_time(committed):
    user = committed.camden_administrator
    clients = [Client() for _ in range(4)]
    for one in clients:
        give_password(one, user.email)
    code = current_code(user)

    def send(one):
        try:
            return one.post(CODE, {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(send, clients)) == [200, 200, 200, 302]


@pytest.mark.parametrize(
    "typed, error",
    [
        ("", MISSING_CODE),
        ("12 34", WRONG_CODE),
        ("late", EXPIRED_CODE),
    ],
)
def test_I1_what_is_said_about_a_code_that_does_not_open(client, world, typed, error):
    user = world.camden_administrator
    give_password(client, user.email)
    if typed == "late":
        typed = codes_of(secret_of(user), 3)[2]
    page = client.post(CODE, {"code": typed}).content.decode()
    assert error in page
    assert 'autocomplete="one-time-code"' in page
    assert not is_signed_in(client)


def test_I1_spaces_in_a_code_are_forgiven(client, world):
    user = world.camden_administrator
    give_password(client, user.email)
    code = current_code(user)
    assert client.post(CODE, {"code": f" {code[:3]} {code[3:]} "}).status_code == 302


def test_I1_a_recovery_code_stands_in_once(client, world):
    user = world.camden_administrator
    spare = _recovery_codes(user)[0]
    for attempt in (302, 200):
        other = Client()
        give_password(other, user.email)
        assert other.post(CODE, {"code": spare}).status_code == attempt
    assert len(_recovery_codes(user)) == 9


def _recovery_codes(user) -> list[str]:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return (kept.wrap() if kept else RecoveryCodes.activate(user)).get_unused_codes()


def test_I1_a_password_alone_leads_to_set_up_and_nowhere_else(client, world):
    user = world.camden_administrator
    Authenticator.objects.filter(user=user).delete()
    assert give_password(client, user.email, to="/search/")["Location"] == "/search/"

    for path in ("/", "/search/", "/account/", "/account/password/", "/account/recovery-codes/"):
        assert client.get(path)["Location"] == reverse("mfa_index"), path
        assert client.post(path)["Location"] == reverse("mfa_index"), path
    assert client.get("/api/v1/").status_code == 403
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_logout"):
        assert client.get(reverse(name)).status_code == 200, name
    assert client.get("/healthz").status_code == 200


def test_I1_setting_up_an_app(client, world, django_capture_on_commit_callbacks):
    user = world.camden_administrator
    Authenticator.objects.filter(user=user).delete()
    give_password(client, user.email)
    client.get("/search/")  # what the person wanted
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"app-code\">([A-Z2-7]{32})<", page).group(1)
    assert "<svg" in page and "data:" not in page

    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("mfa_activate_totp"), {"code": codes_of(secret)[0]})

    codes = client.get(done["Location"])
    assert len(re.findall(r"app-code\">\d{8}<", codes.content.decode())) == 10
    assert codes.context["continue_to"] == "/search/"
    assert client.get("/search/").status_code == 200
    assert events("authenticator.added").get().subject_id == user.pk
    assert Message.objects.get(to_email=user.email).kind == "account_change"
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data) and secret_of(user) == secret


def test_I1_recovery_codes_are_shown_once(client, world):
    user = world.camden_administrator
    sign_in(client, user)
    client.post(reverse("mfa_generate_recovery_codes"))
    address, file = reverse("mfa_view_recovery_codes"), reverse("mfa_download_recovery_codes")
    shown = client.get(address).content.decode()
    assert all(code in shown for code in _recovery_codes(user))
    assert _recovery_codes(user)[9] in client.get(file).content.decode()

    session = client.session
    session["codes_shown_until"] = time.time() - 1
    session.save()
    later = client.get(address).content.decode()
    assert not any(code in later for code in _recovery_codes(user))
    assert client.get(file).status_code == 410


def test_I1_known_and_unknown_accounts_get_the_same_answer_for_the_same_work(client, world, monkeypatch):
    work = []
    encode = Argon2PasswordHasher.encode
    verify = Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *a, **k: work.append(1) or encode(*a, **k))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *a, **k: work.append(1) or verify(*a, **k))
    user, disabled, invited = world.camden_administrator, world.hackney_administrator, world.nobody
    disabled.is_active = False
    disabled.save()
    invited.set_unusable_password()
    invited.save()
    right_but_disabled = PASSWORD

    def answer(email, password):
        work.clear()
        before = events("user.sign_in_failed").count()
        response = Client().post(SIGN_IN, {"login": email, "password": password})
        body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
        noted = events("user.sign_in_failed").count() - before
        return response.status_code, body.replace(email, "EMAIL"), len(work), noted

    unknown = answer("stranger@example.org", "not the right password")
    assert "Email address or password is incorrect" in unknown[1]
    assert answer(user.email, "not the right password") == unknown
    assert answer(disabled.email, right_but_disabled) == unknown
    assert answer(invited.email, "not the right password") == unknown
    assert unknown[2:] == (1, 1)


def test_I1_asking_for_a_link_answers_alike_and_writes_to_people_only(client, world):
    def ask(email):
        response = client.post("/recover/", {"email": email}, follow=True)
        return re.sub(r'value="\w{64}"', "", response.content.decode())

    assert ask("stranger@example.org") == ask(world.camden_administrator.email)
    assert [m.to_email for m in Message.objects.all()] == [world.camden_administrator.email]
    assert events("user.recovery_requested").count() == 2


def test_I1_email_is_never_a_login_factor(client, world):
    """The link changes the password, once; signing in still takes the second factor."""
    user = world.camden_administrator
    client.post("/recover/", {"email": user.email})
    link = re.search(r"/recover/\S+", Message.objects.get().text).group()
    form = client.get(link, follow=True)
    done = client.post(form.redirect_chain[-1][0], {"password1": NEW_PASSWORD}, follow=True)

    assert "Password saved" in done.content.decode()
    assert not is_signed_in(client)
    assert give_password(client, user.email, NEW_PASSWORD)["Location"] == CODE
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()
    with pytest.raises(NoReverseMatch):
        reverse("account_request_login_code")


def test_I1_one_time_link_survives_mail_scanners(world):
    link = one_time_link(world.nobody).partition("8000")[2]
    for _ in range(50):
        assert Client().get(link).status_code == 302
    assert Client().head(link).status_code == 302
    form = Client()
    address = form.get(link)["Location"]
    assert form.post(address, {"password1": NEW_PASSWORD})["Location"] == "/recover/done/"


def test_I1_nobody_signs_up(client, db):
    for name in ("account_signup", "socialaccount_signup", "mfa_signup_webauthn"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_I1_new_cookie_at_sign_in(client, world):
    client.get(SIGN_IN)
    give_password(client, world.camden_administrator.email)
    before = client.cookies["session"].value
    sign_in(client, world.camden_administrator)
    cookie = client.cookies["session"]
    assert cookie.value != before
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["max-age"]


def test_I1_sign_out_ends_the_session_on_the_server(client, world):
    sign_in(client, world.camden_administrator)
    thief = Client()
    thief.cookies["session"] = client.cookies["session"].value
    assert is_signed_in(thief)

    assert client.get("/sign-out/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert not is_signed_in(thief)
    assert events("user.signed_out").count() == 1


def test_A6_disabled_people_are_out_with_the_next_request(client, world):
    user = world.camden_administrator
    sign_in(client, user)
    user.is_active = False
    user.save()
    assert client.get("/account/").status_code == 302
    assert client.get("/api/v1/").status_code in (401, 403)


def test_I1_changing_the_password_ends_all_other_sessions(client, world):
    user = world.camden_administrator
    other = Client()
    sign_in(other, user)
    sign_in(client, user)
    changed = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD}
    assert client.post("/account/password/", changed)["Location"] == "/account/"
    assert is_signed_in(client) and not is_signed_in(other)
    assert events("user.password_changed").get().actor == user


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "http:///evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(client, world, to):
    user = world.camden_administrator
    give_password(client, user.email, to=to)
    assert client.post(CODE, {"code": current_code(user)})["Location"] == "/"


def test_E3_pages_of_signing_in_are_stored_nowhere(client, world):
    sign_in(client, world.camden_administrator)
    for path in (SIGN_IN, "/recover/", "/account/", "/account/devices/", "/account/password/"):
        assert client.get(path)["Cache-Control"] == "no-store", path
        assert Client().get(path)["Cache-Control"] == "no-store", path


def test_E4_an_account_is_closed_for_a_while_after_five_wrong_passwords(client, world):
    email = world.camden_administrator.email
    for _ in range(5):
        assert give_password(client, email, "not the right password").status_code == 200
    refused = give_password(client, email)
    assert refused.status_code == 429
    assert re.search(r"try again after \d+(:\d\d)?(am|pm)", refused.content.decode())
    assert "administrator of your MAPPA area" in refused.content.decode()
    assert give_password(Client(), world.hackney_administrator.email).status_code == 302


def test_E4_an_unknown_account_is_closed_in_the_same_way(client, world):
    answers = [give_password(client, "stranger@example.org", "guess").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_E4_an_address_is_closed_after_twenty(client, world):
    for number in range(20):
        give_password(client, f"stranger{number}@example.org", "guess")
    assert give_password(client, "stranger20@example.org", "guess").status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert give_password(elsewhere, world.hackney_administrator.email).status_code == 302


def test_E4_guessing_codes_is_closed_too(client, world):
    give_password(client, world.camden_administrator.email)
    answers = [client.post(CODE, {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert events("user.sign_in_failed").count() == 5
    page = client.get(CODE).text
    assert "You can try again after" in page and 'name="code"' not in page


def test_confirming_says_for_what_and_what_is_missing(client, world):
    sign_in(client, world.camden_administrator)
    page = client.get("/account/confirm/code/?next=/account/passkeys/add/")
    assert "You are about to add a passkey." in page.text
    missing = {"/account/confirm/": "Enter your password", "/account/confirm/code/": "Enter the 6-digit code"}
    for address, error in missing.items():
        sent = client.post(address, {})
        assert sent.text.count(error) == 2 and "There is a problem" in sent.text, address


def test_E2_failures_are_logged_without_addresses(client, world, caplog):
    give_password(client, world.camden_administrator.email, "not the right password")
    give_password(client, "stranger@example.org", "not the right password")
    lines = [r for r in caplog.records if r.name == "accounts"]
    assert [r.user for r in lines] == [world.camden_administrator.pk, None]
    assert not any("@" in str(vars(r)) for r in lines)
