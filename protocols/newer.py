"""Newer template versions: which borough's protocol follows which one, and who should take the newest."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from protocols.models import Protocol, Template, TemplateVersion, Version
from protocols.waiting import seated


@dataclass(frozen=True)
class Follower:
    """A borough's protocol and the template version beneath its newest version."""

    protocol: Protocol
    version: Version
    behind: bool

    @property
    def next_step(self) -> str:
        if not self.behind:
            return ""
        if self.version.is_draft:
            return f"Submit version {self.version.number}, then start version {self.version.number + 1}"
        return f"Start version {self.version.number + 1}"


def followers(template: Template, user) -> list[Follower]:
    """Every borough with a copy, by name."""
    newest = template.versions.published().first()
    found = Version.objects.filter(
        protocol__in=Protocol.objects.for_user(user).standing().filter(template=template)
    )
    rows = _newest(found).select_related("protocol__about", "template_version").order_by("about__name")
    return [Follower(v.protocol, v, bool(newest) and v.template_version.number < newest.number) for v in rows]


def to_renew(user) -> QuerySet[Version]:
    """In force, from an older template version than the published one; no later version was started."""
    mine = seated(user, "draft_protocol", "protocol__organisation")
    newer = TemplateVersion.objects.published().filter(
        territory_id=OuterRef("territory_id"),
        template_id=OuterRef("template_version__template_id"),
        number__gt=OuterRef("template_version__number"),
    )
    found = Version.objects.for_user(user).in_force().filter(mine, Exists(newer))
    return _newest(found).select_related("protocol", "about").order_by("about__name")


def _newest(versions: QuerySet[Version]) -> QuerySet[Version]:
    later = Version.objects.filter(
        territory_id=OuterRef("territory_id"),
        protocol_id=OuterRef("protocol_id"),
        number__gt=OuterRef("number"),
    )
    return versions.exclude(Exists(later))
