"""Template → clause; protocol → version → its clauses; approvals, signatures, reviews."""

from protocols.models.decisions import Approval, Signature
from protocols.models.protocols import Protocol, ProtocolGrant, Version, VersionClause
from protocols.models.reviews import Review
from protocols.models.templates import Clause, Template, TemplateVersion

__all__ = [
    "Approval",
    "Clause",
    "Protocol",
    "ProtocolGrant",
    "Review",
    "Signature",
    "Template",
    "TemplateVersion",
    "Version",
    "VersionClause",
]
