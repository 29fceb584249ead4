"""The mailbox that calendars answer to: each message is marked as read once its answer is committed."""

import imaplib
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from meetings.actions.calendar_replies import take_mail
from meetings.mail.calendar_mail import LARGEST

log = logging.getLogger(__name__)
SECONDS = 30
AT_ONCE = 50  # the rest waits for the next minute


def read_mailbox(address: str) -> int:
    """Take what is unread; a message that is read twice is taken once. Returns how many were unread."""
    with _opened(address) as server:
        _, found = server.uid("search", "UNSEEN")
        unread = (found[0] or b"").split()[:AT_ONCE]
        for uid in unread:
            _, parts = server.uid("fetch", uid, f"(BODY.PEEK[]<0.{LARGEST + 1}>)")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if raw is not None:
                outcome = take_mail(raw)
                if not outcome.taken:
                    log.warning("calendar reply refused", extra={"reason": outcome.why})
            server.uid("store", uid, "+FLAGS", r"(\Seen)")
    return len(unread)


@contextmanager
def _opened(address: str) -> Iterator[imaplib.IMAP4]:
    at = urlsplit(address)
    if at.scheme == "imaps":
        server = imaplib.IMAP4_SSL(
            at.hostname, at.port or 993, ssl_context=ssl.create_default_context(), timeout=SECONDS
        )
    else:
        server = imaplib.IMAP4(at.hostname, at.port or 143, timeout=SECONDS)
    try:
        server.login(unquote(at.username or ""), unquote(at.password or ""))
        answer, _ = server.select(_quoted(unquote(at.path.lstrip("/")) or "INBOX"))
        if answer != "OK":
            raise imaplib.IMAP4.error("The mailbox is not there.")
        yield server
    finally:
        try:
            server.logout()
        except (imaplib.IMAP4.error, OSError):
            log.info("the mailbox did not wait for the goodbye")


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
