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


NAMES = {
    "data_returns.release": "Work out which figures of a data return others may read",
    "data_returns.chase": "Chase a data return",
    "data_returns.chase_copies": "Remind of paper copies that are overdue",
    "data_returns.open_in_round": "Open the data return of a borough",
    "data_returns.remind": "Remind of a data return",
    "data_returns.seal": "Make and seal the document of a data return",
    "data_returns.tell_accepted": "Tell the MAPPA unit that its data return is accepted",
    "data_returns.tell_board": "Tell the board that a data return is there",
    "data_returns.tell_query": "Tell of a question about a data return",
    "data_returns.tell_sent_back": "Tell the MAPPA unit that its data return came back",
    "meetings.ask_contact": "Ask a contact to confirm its details",
    "meetings.chase_checks": "Chase the check of cases by an agency",
    "meetings.check_file": "Check a large attendance file",
    "meetings.import_file": "Import a large attendance file",
    "meetings.count_days": "Count the figures of a borough's meetings",
    "meetings.promise_counts": "Have figures counted anew after lowest grades changed",
    "meetings.tell_minutes": "Tell the agencies that minutes are issued",
    "meetings.send_reminder": "Remind an agency to reply",
    "outbox.send_message": "Send an email",
    "referrals.remind": "Remind of a referral that is due",
    "protocols.ask_approval": "Ask for an approval",
    "protocols.ask_signature": "Ask for a signature",
    "protocols.file_pdf": "Make the document of a protocol",
    "protocols.remind_of_review": "Remind of a review",
    "protocols.seal": "Put a signature into a document",
    "protocols.tell_changes_wanted": "Tell the administrator which changes are wanted",
    "protocols.tell_in_force": "Tell both sides that a protocol is in force",
    "protocols.tell_withdrawn": "Tell the board that a protocol was withdrawn",
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
    """What is not in the list reads as it is named: "meetings.send_papers" is "Send papers (meetings)"."""
    room, _, verb = job.kind.partition(".")
    return NAMES.get(job.kind) or f"{verb.replace('_', ' ').capitalize()} ({room.replace('_', ' ')})"


def why(job: Job) -> str:
    kind = job.error.partition(":")[0]
    return WHY.get(kind, f"It failed each time ({kind}).")
