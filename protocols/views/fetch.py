"""Fetching what an address names, as far as this person may see it."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from boards.rules import RuleBook, may
from protocols.models import Protocol, TemplateVersion, Version
from protocols.outline import Line, find, outline

T = TypeVar("T")


def protocol_of(request, reference: str) -> Protocol:
    found = Protocol.objects.for_user(request.user)
    found = found.select_related("territory", "about", "board", "organisation", "template__organisation")
    return get_object_or_404(found, reference=reference)


def newest_of(protocol: Protocol) -> Version:
    return protocol.versions.select_related("about", "template_version__template").first()


def version_of(request, reference: str) -> Version:
    """The newest of the protocol: the one that can still be drafted, approved or signed."""
    return newest_of(protocol_of(request, reference))


def template_version_of(request, reference: str, number: int) -> TemplateVersion:
    found = TemplateVersion.objects.for_user(request.user).select_related(
        "territory", "template__organisation"
    )
    return get_object_or_404(found, template__reference=reference, number=number)


def others_in_force(user, version: Version) -> QuerySet[Protocol]:
    """The borough's other protocol with the same board: it ends when this version comes into force."""
    return Protocol.objects.for_user(user).beside(version.protocol).in_force()


def lines_of(version: Version | TemplateVersion) -> list[Line]:
    return outline(version.clauses.select_related("edited_by"))


def line_at(lines: list[Line], position: int) -> Line:
    if not 1 <= position <= len(lines):
        raise Http404
    return lines[position - 1]


def line_for(lines: list[Line], position: int, key: str) -> Line | None:
    """What the form was opened on, wherever it stands now; None when somebody removed it."""
    return find(lines, key) if key else line_at(lines, position)


def most_mine(user, rows: Iterable[T], rules: RuleBook, name: str) -> T | None:
    """The row that this person may act on, else the one that says best why not."""
    verb = rules.rules[name].verb
    ranked = [(name in rules.allowed(user, row), may(user, verb, row), row) for row in rows]
    return max(ranked, key=lambda r: r[:2])[2] if ranked else None


def posted(request) -> QueryDict | None:
    """What a form is bound to: an empty answer is an answer too."""
    return request.POST if request.method == "POST" else None
