"""allauth's forms with the portal's fields and words."""

import re

from allauth.account import forms as account
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

from accounts import actions
from accounts.codes import LOOK_BACK, CodeFormMixin, codes_of
from accounts.models import User
from mappa_portal.forms import GovukFormMixin, ModelForm

PASSWORD_HINT = "Use 15 characters or more. A few words in a row are easy to remember."
PHONE = re.compile(r"\+?[0-9()][0-9 ()-]{4,}( ?(ext\.?|x) ?[0-9]+)?")


class EmailAddressField(forms.EmailField):
    def __init__(self):
        attrs = {"autocomplete": "username", "spellcheck": "false", "class": "govuk-!-width-two-thirds"}
        super().__init__(
            label="Email address",
            widget=forms.EmailInput(attrs=attrs),
            error_messages={
                "required": "Enter your email address",
                "invalid": "Email address must be an email address, like name@example.org",
            },
        )


class SignInForm(GovukFormMixin, account.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailAddressField()
        _password(self.fields["password"], "Password", "Enter your password")
        self.order_fields(["login", "password"])


class RecoverForm(GovukFormMixin, account.ResetPasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailAddressField()

    def save(self, request, **kwargs):
        actions.recover(self.cleaned_data["email"])
        return self.cleaned_data["email"]


class NewPasswordMixin(GovukFormMixin):
    """Typed once: it can be shown, and a mistake is mended by the link on the sign-in page."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _password(self.fields["password1"], "New password", "Enter a new password", hint=PASSWORD_HINT)


class ChoosePasswordForm(NewPasswordMixin, account.ResetPasswordKeyForm):
    pass


class SetPasswordForm(NewPasswordMixin, account.SetPasswordForm):
    pass


class ChangePasswordForm(NewPasswordMixin, account.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _password(self.fields["oldpassword"], "Current password", "Enter your current password")


class ConfirmPasswordForm(GovukFormMixin, account.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _password(self.fields["password"], "Password", "Enter your password")


def _password(field: forms.Field, label: str, missing: str, hint: str = "") -> None:
    field.label, field.help_text = label, hint
    field.error_messages = field.error_messages | {"required": missing}
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= {"spellcheck": "false", "autocapitalize": "none"}


class CodeForm(CodeFormMixin, AuthenticateForm):
    pass


class AddAppForm(CodeFormMixin, ActivateTOTPForm):
    help_text = "The code that the app shows after you added the portal."

    def earlier_codes(self):
        return codes_of(self.secret, LOOK_BACK)


class RemoveAppForm(GovukFormMixin, DeactivateTOTPForm):
    pass


class AddPasskeyForm(GovukFormMixin, AddWebAuthnForm):
    """Always one that signs in alone, so it always asks for finger, face or PIN."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _name_of_passkey(self.fields["name"])
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.initial["passwordless"] = True


class RenamePasskeyForm(GovukFormMixin, EditWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _name_of_passkey(self.fields["name"])


def _name_of_passkey(field: forms.Field) -> None:
    field.label, field.help_text = (
        "Name of the passkey",
        "So that you know it again, for example: work laptop.",
    )
    field.max_length = 60
    field.error_messages = field.error_messages | {"required": "Enter a name for the passkey"}
    field.widget.attrs |= {"class": "govuk-input--width-20", "autocomplete": "off"}


class RemovePasskeyForm(RemoveAppForm):
    """The same question as for the app: is another way to sign in left?"""


class DetailsForm(ModelForm):
    class Meta:
        model = User
        fields = ["name", "phone", "reminders"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name", "class": "govuk-!-width-two-thirds"}),
            "phone": forms.TextInput(
                attrs={"autocomplete": "tel", "class": "govuk-input--width-20", "type": "tel"}
            ),
        }
        labels = {
            "name": "Full name",
            "phone": "Phone number (optional)",
            "reminders": "Send me reminders by email",
        }
        help_texts = {
            "name": "As it appears beside what you sign and record.",
            "reminders": "What needs you is on your home page either way."
            " Mail about your account and about meetings always comes.",
        }
        error_messages = {"name": {"required": "Enter your full name"}}

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError("Phone number must have digits, like 020 7946 0999", code="invalid")
        return phone
