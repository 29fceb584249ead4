"""What the MAPPA units may do about mail and jobs that did not work out."""

from boards.rules import Rule, RuleBook

MESSAGE_RULES = RuleBook(
    resend=Rule("see_mail", lambda m: m.may_be_resent, "This email was sent, or the portal is still trying."),
)

JOB_RULES = RuleBook(
    try_again=Rule(
        "see_mail", lambda j: j.needs_attention, "This job is done, or the portal is still trying."
    ),
    close=Rule("see_mail", lambda j: j.needs_attention, "This job is done, or the portal is still trying."),
)
