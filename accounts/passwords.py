"""Django's password rules in the portal's words."""

from django.contrib.auth import password_validation as rules
from django.core.exceptions import ValidationError

ROWS = ("0123456789" * 4, "abcdefghijklmnopqrstuvwxyz" * 2, "qwertyuiopasdfghjklzxcvbnm" * 2)


class LongEnough(rules.MinimumLengthValidator):
    def get_error_message(self):
        return f"Password must be {self.min_length} characters or more"


class NotCommon(rules.CommonPasswordValidator):
    """Lists hold few passwords this long: a short one repeated, or a row of keys, counts too."""

    def validate(self, password, user=None):
        super().validate(password, user)
        plain = "".join(c for c in password.lower() if c.isalnum())
        if _repeats(plain) or any(plain in row or plain[::-1] in row for row in ROWS):
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def get_error_message(self):
        return "Enter a password that is harder to guess: many people use this one"


def _repeats(text: str) -> bool:
    return any((text[:size] * len(text))[: len(text)] == text for size in range(1, len(text) // 2 + 1))
