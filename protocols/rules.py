"""Who may do what to templates, versions, approvals, signatures and reviews, and when."""

from boards.rules import Rule, RuleBook

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

APPROVAL_RULES = RuleBook(
    decide=Rule(
        "approve_protocol",
        lambda a: a.is_next,
        "This approval is not open: it was recorded already, a body before yours has not approved,"
        " or a newer version replaced this one.",
    ),
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
        "This review was started already, or the protocol was withdrawn.",
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
        lambda p: p.review_due is not None and p.withdrawn_on is None,
        "Only a protocol in force is reviewed.",
    ),
)
