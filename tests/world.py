"""What a test holds in its hands: people and organisations by name, and an agreement at any stage of its life."""

from datetime import date

from django.utils import timezone

from accounts.models import User
from boards.access import scope_of
from boards.models import Organisation, Territory
from boards.scope import scope
from protocols.actions import approval, copies, drafting, signing, templates
from protocols.importer import ImportedClause, ImportedProtocol
from protocols.models import Protocol, TemplateVersion, Version

TODAY = date(2026, 11, 22)
TEXT = ImportedProtocol(
    title="MAPPA protocol",
    clauses=(
        ImportedClause(1, "Introduction", "{borough} and the SMB agree how they work together."),
        ImportedClause(1, "What each side does", "- Share what is needed\n- Attend when invited"),
        ImportedClause(2, "Local contacts", "Ask the MAPPA unit in {borough}."),
        ImportedClause(1, "Review", "Within twelve months of adoption."),
    ),
    left_out=("Cover",),
    words=30,
    merge_fields=2,
    warnings=(),
)


class World:
    own_words: dict[str, str] = {}  # a borough's draft says this in each clause

    def __getattr__(self, name: str) -> User:
        """A person by seat, read afresh: ``world.camden_board_chair``."""
        try:
            return User.objects.get(email=f"{name}@example.org")
        except User.DoesNotExist:
            raise AttributeError(name) from None

    def territory(self, slug: str) -> Territory:
        return Territory.objects.select_related("parent").get(slug=slug)

    def organisation(self, slug: str) -> Organisation:
        return Organisation.objects.get(slug=slug)

    def acting(self, user: User):
        """The scope that this person's request would have."""
        opened = scope_of(user)
        return scope(opened.territories, opened.areas)

    # -- An agreement, stage by stage --

    def draft_template(self, name: str = "London protocol", area: str = "london", by=None) -> TemplateVersion:
        return templates.import_template(
            self.territory(area),
            name=name,
            imported=TEXT,
            source_name="london.docx",
            by=by or self.co_ordinator,
        )

    def template(self) -> TemplateVersion:
        """Published, its first clause locked; the same one for every borough of a test."""
        if version := TemplateVersion.objects.published().first():
            return version
        version = self.draft_template()
        templates.lock_clauses(version, clauses=[version.clauses.first()], locked=True, by=self.co_ordinator)
        return templates.publish(version, by=self.co_ordinator)

    def protocol(self, borough: str = "camden", template: TemplateVersion | None = None) -> Protocol:
        made = copies.give_copies(
            template or self.template(), boroughs=[self.territory(borough)], by=self.co_ordinator, on=TODAY
        )
        if words := self.own_words.get(borough):
            made.made[0].versions.get().clauses.update(body=words)
        return made.made[0]

    def submitted(self, borough: str = "camden") -> Version:
        version = self.protocol(borough).versions.get()
        return drafting.submit(version, by=getattr(self, f"{borough}_administrator"))

    def approved(self, borough: str = "camden") -> Version:
        return self.approved_from(self.submitted(borough))

    def approved_from(self, version: Version) -> Version:
        approvers = [self.scb_chair, self.lscb_chairs_chair, self.smb_chair]
        days = [
            date(2012, 11, 21),
            date(2012, 12, 6),
            date(2012, 12, 8),
        ]  # the London register; the last a Saturday
        for one, by, day in zip(version.approvals.all(), approvers, days, strict=True):
            approval.decide(one, decision="approved", decided_on=day, comment="", by=by, today=TODAY)
        version.refresh_from_db()
        return version

    def in_force(self, borough: str = "camden") -> Version:
        version = self.approved(borough)
        chairs = [getattr(self, f"{borough}_mappa_chair"), getattr(self, f"{borough}_board_chair")]
        for one, by in zip(version.signatures.all(), chairs, strict=True):
            signing.sign(one, by=by, at=timezone.now())
        version.refresh_from_db()
        return version

    def next_draft(self, borough: str = "camden") -> Version:
        """Version 2, a draft, beside version 1 with the approving bodies."""
        return drafting.start_next(self.submitted(borough), by=getattr(self, f"{borough}_administrator"))

    def at(self, stage: str, borough: str) -> Version:
        stages = {"submitted": self.submitted, "approved": self.approved, "in_force": self.in_force}
        return stages[stage](borough) if stage in stages else self.protocol(borough).versions.get()
