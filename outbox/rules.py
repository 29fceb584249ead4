"""What the MAPPA units may do about mail and jobs that did not work out."""

from boards.rules import Rule, RuleBook
from outbox.models import Message

MESSAGE_RULES = RuleBook(
    resend=Rule(
        "see_mail",
        lambda m: (
            m.state != Message.State.SENT and (m.state == Message.State.FAILED or m.job.failed_at is not None)
        ),
        "This email was sent, or the portal is still trying.",
    ),
)

JOB_RULES = RuleBook(
    try_again=Rule(
        "see_mail", lambda j: j.needs_attention, "This job is done, or the portal is still trying."
    ),
    close=Rule("see_mail", lambda j: j.needs_attention, "This job is done, or the portal is still trying."),
)
