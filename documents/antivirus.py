"""The scanner that the portal's owner named: what it does not call clean is refused, also when it fails (U1)."""

import logging
import subprocess

from django.conf import settings
from django.core.exceptions import ValidationError

log = logging.getLogger(__name__)
SECONDS = 30
CLEAN, FOUND = 0, 1  # the exit codes of clamscan and clamdscan

INFECTED = "The virus scanner refuses this file. Do not open it again, and tell your IT service."
NOT_CHECKED = "The file could not be checked for viruses and was not taken. Try again later, or ask for help."


def scan(data: bytes) -> None:
    if not settings.ANTIVIRUS_COMMAND:
        return
    try:
        done = subprocess.run(settings.ANTIVIRUS_COMMAND, input=data, capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        log.exception("the virus scanner did not answer")
        raise ValidationError(NOT_CHECKED) from None
    if done.returncode == FOUND:
        log.warning("the virus scanner refused a file")
        raise ValidationError(INFECTED)
    if done.returncode != CLEAN:
        log.error("the virus scanner failed", extra={"status": done.returncode})
        raise ValidationError(NOT_CHECKED)
