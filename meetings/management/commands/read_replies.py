from imaplib import IMAP4
from sys import stdin

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from meetings.actions.calendar_replies import take_mail
from meetings.mail.mailbox import read_mailbox


class Command(BaseCommand):
    help = "Takes the answer of a calendar: one raw message from standard input, or all unread ones of the mailbox."

    def add_arguments(self, parser):
        parser.add_argument("--imap", action="store_true", help="read the mailbox of REPLIES_IMAP_URL")

    def handle(self, *, imap: bool, **options):
        """A refused answer is dealt with too: a mail server that pipes it here must not bounce it."""
        if not imap:
            outcome = take_mail(stdin.buffer.read())
            self.stdout.write(outcome.why if outcome.taken else f"refused: {outcome.why}")
            return
        if not settings.REPLIES_IMAP_URL:
            raise CommandError("REPLIES_IMAP_URL is not set.")
        try:
            self.stdout.write(f"{read_mailbox(settings.REPLIES_IMAP_URL)} read")
        except (IMAP4.error, OSError) as error:
            raise CommandError(f"The mailbox cannot be read: {error}") from error
