"""Who may do what to templates, versions, approvals, signatures and reviews, and when."""

from boards.rules import Rule, RuleBook
from mappa_portal.words import lower_first

TEMPLATE_RULES = RuleBook(
    edit=Rule(
        "manage_templates",
        lambda v: v.is_draft,
        "This version is published. Start the next one to change it.",
    ),
    publish=Rule("manage_templates", lambda v: v.is_draft, "This version is published already."),
    start_next=Rule(
        "manage_templates",
        lambda v: not v.is_draft,
        "This version is still a draft: change it as it stands.",
    ),
    copy=Rule(
        "manage_templates",
        lambda v: v.status == v.Status.PUBLISHED,
        "Only a published version can be given to boroughs. Publish this one first.",
    ),
)

VERSION_RULES = RuleBook(
    edit=Rule(
        "draft_protocol",
        lambda v: v.is_draft,
        "This version was submitted and its text is fixed. Start the next one.",
    ),
    submit=Rule("draft_protocol", lambda v: v.is_draft, "This version was submitted already."),
    discard=Rule(
        "draft_protocol",
        lambda v: v.is_draft and v.number > 1,
        "Only a later version that is still a draft can be discarded.",
    ),
    start_next=Rule(
        "draft_protocol",
        lambda v: v.status in {v.Status.CONSULTATION, v.Status.APPROVED, v.Status.IN_FORCE},
        "The next version starts from one that was submitted or is in force.",
    ),
    withdraw=Rule(
        "draft_protocol",
        lambda v: v.status in v.LIVE,
        "This version has ended already.",
    ),
)

CLAUSE_RULES = RuleBook(
    edit=Rule(
        "draft_protocol",
        lambda c: c.version.is_draft and not c.locked,
        "This clause is the same in every borough. Only the area can change it, in the template.",
    ),
)


def _why_not_decided(approval) -> str:
    version, body = approval.version, approval.organisation
    if approval.is_decided:
        return f"The decision of {body} on version {version.number} was recorded already."
    if version.status != version.Status.CONSULTATION:
        status = lower_first(version.get_status_display())
        return f"Version {version.number} is not with the approving bodies: {status}."
    before = approval.before().filter(decision=approval.Decision.CHANGES).first()
    if before:
        return f"{before.organisation} asked for changes: the next version comes first."
    before = approval.before().filter(decision=approval.Decision.OPEN).first()
    return f"It is not your turn yet: {before.organisation} decides before {body}."


def _why_not_corrected(approval) -> str:
    version = approval.version
    if approval.carried_from_id:
        return "This approval was carried over from an earlier version: its date belongs to that one."
    if version.status != version.Status.CONSULTATION:
        return "The date can be corrected until every body has approved. After that it stands in the PDF."
    return f"{approval.organisation} has not decided yet: there is no date to correct."


APPROVAL_RULES = RuleBook(
    decide=Rule("approve_protocol", lambda a: a.is_next, _why_not_decided),
    correct_date=Rule("approve_protocol", lambda a: a.is_correctable, _why_not_corrected),
)

SIGNATURE_RULES = RuleBook(
    sign=Rule(
        "sign_protocol",
        lambda s: s.is_open,
        "This signature is not open: it was given already, or the version has changed or ended.",
    ),
)

REVIEW_RULES = RuleBook(
    start=Rule(
        "draft_protocol",
        lambda r: r.is_open and r.started_on is None,
        "This review was started already, or the protocol has ended.",
    ),
    complete=Rule(
        "draft_protocol",
        lambda r: r.is_open and r.started_on is not None,
        "This review is not under way: start it first. It may have been completed already.",
    ),
)

TEMPLATE_OWNER_RULES = RuleBook(create=Rule("manage_templates"))

PROTOCOL_RULES = RuleBook(
    call_early_review=Rule(
        "draft_protocol",
        lambda p: p.review_due is not None and not p.has_ended,
        "Only a protocol in force is reviewed.",
    ),
)
