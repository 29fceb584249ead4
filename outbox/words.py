"""What became of mail and jobs, in words for the people of a MAPPA unit."""

import re

from outbox.models import Job, Message

State = Message.State
STATUS = {  # text and colour of the tag
    State.QUEUED: ("Waiting", "grey"),
    State.SENDING: ("Being sent", "blue"),
    State.SENT: ("Sent", "green"),
    State.FAILED: ("Refused", "red"),
}
WHY = {  # by the kind of exception that the job ended with
    "DoesNotExist": "What it was about is no longer there.",
    "NoAnswer": "The mail server broke off and never said if it took the message.",
    "NotSent": "The mail server did not take the message.",
    "SoftTimeLimitExceeded": "It took too long each time.",
    "Unavailable": "A service that it needs did not answer.",
    "UnknownJob": "This version of the portal does not know this kind of job.",
    "WorkerEnded": "It took its worker down each time.",
}


def status_of(message: Message) -> tuple[str, str]:
    """Of one that was read ``with_job``."""
    if message.is_given_up and message.state != State.SENT:
        return "Not sent", "red"
    return STATUS[message.state]


def without_links(text: str) -> str:
    """Some open without signing in: they are for the reader of the message alone."""
    return re.sub(r"https?://\S+", "[link]", text)


def name_of(job: Job) -> str:
    """ "protocols.ask_approval" is "Ask approval (protocols)"."""
    room, _, verb = job.kind.partition(".")
    return f"{verb.replace('_', ' ').capitalize()} ({room.replace('_', ' ')})"


def why(job: Job) -> str:
    kind = job.error.partition(":")[0]
    return WHY.get(kind, f"It failed each time ({kind}).")
