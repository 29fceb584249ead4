"""What is done to accounts. An account is made by an administrator; nobody signs up."""

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.events import areas_of_account, note, note_in, portal_scope
from accounts.models import User
from boards.access import seats_with
from boards.models import Appointment, Territory
from mappa_portal.exceptions import Conflict
from outbox import mail


@transaction.atomic
def create_account(email: str, *, name: str, area: Territory, by: User | None) -> User:
    """Without a password: the one-time link lets the person choose one. ``area``: where it is recorded."""
    if by is not None and not seats_with(by, "set_up_area"):
        raise PermissionDenied("Only an area administrator adds people.")
    user = User(email=email.strip().lower(), name=name.strip())
    user.set_unusable_password()
    user.full_clean()
    user.save()
    note_in(area, "user.created", user, by=by)
    return user


@transaction.atomic
def invite(user: User, *, by: User | None) -> str:
    """Mail the one-time link that sets the password, and return it. For people who have not signed in yet."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _require_administrator(user, by)
    if user.last_login or not user.is_active:
        raise Conflict(f"{user} has signed in before. The sign-in page sends a link to a new password.")
    link = one_time_link(user)
    held = (
        Appointment.objects.filter(user=user).exclude(ends_on__lt=localdate()).select_related("organisation")
    )
    context = {"link": link, "by": by, "held": held}
    _mail(user, "account_invitation", "Set up your MAPPA portal account", context)
    note("user.invited", user, by=by)
    return link


def one_time_link(user: User) -> str:
    """Ends when it is used, when the person signs in, and after three days."""
    token = default_token_generator.make_token(user)
    path = reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token}
    )
    return f"{settings.PUBLIC_URL}{path}"


@transaction.atomic
def recover(email: str) -> None:
    """Mail the link, if there is such an account; if not, do the same work and throw it away (I1)."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    note("user.recovery_requested", user)
    with transaction.atomic():
        stranger = User(pk=0, email="nobody@invalid.example", last_login=timezone.now())
        somebody = user or stranger
        _mail(somebody, "account_recovery", "Choose a new password", {"link": one_time_link(somebody)})
        if user is None:
            transaction.set_rollback(True)


def mail_change(user: User, what: str) -> None:
    """Tell the person that something about signing in has changed."""
    _mail(user, "account_change", "Your account was changed", {"what": what, "at": timezone.now()})


@transaction.atomic
def edit_details(user: User, **values) -> User:
    """A person's own name, phone number and reminders."""
    user = User.objects.select_for_update().get(pk=user.pk)
    before = {field: getattr(user, field) for field in values if getattr(user, field) != values[field]}
    for field in before:
        setattr(user, field, values[field])
    user.full_clean()
    user.save(update_fields=before)
    if before:
        note("user.edited", user, by=user, before=before, after={field: values[field] for field in before})
    return user


@transaction.atomic
def disable(user: User, *, by: User | None) -> User:
    """Ends access with the next request, on every device (A6)."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _require_administrator(user, by)
    if by is not None and by.pk == user.pk:
        raise ValidationError("Ask another administrator to disable your account.")
    return _set_active(user, False, "user.disabled", by)


@transaction.atomic
def enable(user: User, *, by: User | None) -> User:
    user = User.objects.select_for_update().get(pk=user.pk)
    _require_administrator(user, by)
    return _set_active(user, True, "user.enabled", by)


@transaction.atomic
def reset_second_factor(user: User, *, by: User | None) -> User:
    """For somebody who lost phone and recovery codes: the next sign-in sets up a new authenticator."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _require_administrator(user, by)
    if by is not None and by.pk == user.pk:
        raise ValidationError("Ask another administrator to reset your second factor.")
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    note("user.second_factor_reset", user, by=by)
    mail_change(user, "An administrator removed your authenticator app, passkeys and recovery codes.")
    return user


def end_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


def _set_active(user: User, active: bool, event: str, by: User | None) -> User:
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        end_sessions(user)
    note(event, user, by=by)
    return user


def _mail(user: User, template: str, subject: str, context: dict) -> None:
    """Owned by the portal, whose mail no page shows: these letters carry links that open accounts."""
    key = f"{template}:{user.pk}:{timezone.now():%Y%m%d%H%M%S%f}"
    with portal_scope() as portal:
        mail.send(template, user, context, key=key, subject=subject, territory=portal)


def _require_administrator(of: User, by: User | None) -> None:
    """An area administrator, for people who sit in no other area. ``by=None`` is the command line."""
    if by is None:
        return
    own = {s.organisation.territory.area for s in seats_with(by, "set_up_area")}
    if not own or not areas_of_account(of) <= own:
        raise PermissionDenied("Only an administrator of this person's areas can do this.")
