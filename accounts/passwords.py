"""Django's password rules in the portal's words."""

from django.contrib.auth import password_validation as rules


class LongEnough(rules.MinimumLengthValidator):
    def get_error_message(self):
        return f"Password must be {self.min_length} characters or more"

    def get_help_text(self):
        return f"Use {self.min_length} characters or more. A few words in a row are easy to remember."


class NotCommon(rules.CommonPasswordValidator):
    def get_error_message(self):
        return "Enter a password that is harder to guess: many people use this one"

    def get_help_text(self):
        return ""
