"""Case: the person managed, by reference; who it is stands sealed. Its levels over time, and its blind index."""

from collections.abc import Collection, Iterator
from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case as Choose
from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.utils.functional import cached_property

from accounts.vault import unseal
from boards.access import organisations_of
from boards.models import Organisation
from boards.owned import Owned, OwnedKey, OwnedQuerySet
from mappa_portal.words import long_date, lower_first
from referrals.endings import ELIGIBILITY, Ending, Standing


class RegisteredQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(organisation__in=list(organisations_of(user)))

    def called(self, references: Collection[str]):
        """By the portal's reference or the one that an import brought along."""
        return self.filter(Q(reference__in=references) | Q(file_reference__in=references))


class Registered(Owned):
    """What a MAPPA unit keeps under a reference; an import's own reference stays beside it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=20)
    file_reference = models.CharField("reference in the file", max_length=40, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = RegisteredQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["territory", "reference"], name="%(class)s_reference"),
            models.UniqueConstraint(
                fields=["territory", "file_reference"],
                condition=~Q(file_reference=""),
                name="%(class)s_file_reference",
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def parties(self):
        return [self.organisation]


class CaseQuerySet(RegisteredQuerySet):
    def kept(self):
        """Without those that were found to be another case of the same person."""
        return self.filter(merged_into=None)

    def with_level(self, today: date):
        """Each with its ``present_level`` and ``level_since``, None where no level is recorded; its own goes before
        that of a case merged into it.
        """
        present = LevelPeriod.objects.of_people(today).filter(
            case__in=of_one_person("pk"), territory=OuterRef("territory")
        )
        present = present.order_by(F("case__merged_into").asc(nulls_first=True), "-starts_on", "-pk")
        return self.annotate(
            present_level=Subquery(present.values("level")[:1]),
            level_since=Subquery(present.values("starts_on")[:1]),
        )

    def with_standing(self):
        """Each with its ``standing``, and ``suspended_on`` where a recall suspends it."""
        newest = LevelPeriod.objects.filter(territory=OuterRef("territory"), case=OuterRef("pk"))
        recalled = newest.order_by("-starts_on", "-pk").annotate(
            on=Choose(When(ending=Ending.RECALLED, then="ends_on"))
        )
        return self.annotate(suspended_on=Subquery(recalled.values("on")[:1])).annotate(
            standing=Choose(
                When(ending=Ending.TRANSFERRED, then=Value(Standing.TRANSFERRED)),
                When(ended_on__isnull=False, then=Value(Standing.ENDED)),
                When(suspended_on__isnull=False, then=Value(Standing.SUSPENDED)),
                default=Value(Standing.MANAGED),
                output_field=CharField(),
            )
        )

    def standing_still(self) -> Iterator[tuple[int, str]]:
        """(id, in words how it stands) of those ``with_standing`` that are suspended or have ended."""
        for case in self.exclude(standing=Standing.MANAGED):
            yield case.pk, case.stands


def of_one_person(*outer: str) -> CaseQuerySet:
    """``case__in=of_one_person("pk")`` in a subquery: the outer query's case, and those merged into it."""
    named = Q()
    for name in outer:
        named |= Q(pk=OuterRef(OuterRef(name))) | Q(merged_into=OuterRef(OuterRef(name)))
    return Case.objects.filter(named)


class Case(Registered):
    """One person managed in a borough, kept by its MAPPA unit. A borough may leave the particulars empty."""

    class Category(models.IntegerChoices):
        REGISTERED = 1, "1: registered sexual offender"
        VIOLENT = 2, "2: violent or other sexual offender"
        DANGEROUS = 3, "3: other dangerous offender"
        TERRORIST = 4, "4: terrorist or terrorist-risk offender"

    category = models.PositiveSmallIntegerField(choices=Category, null=True, blank=True)
    responsible_agency = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lead agency"
    )
    responsible_csc = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="responsible Children's Services",
    )
    personal = models.TextField(blank=True, editable=False)  # sealed: referrals.personal.Person
    came_from = models.CharField("came by transfer", max_length=20, blank=True, editable=False)
    ended_on = models.DateField(
        null=True, blank=True, editable=False
    )  # the last day; eligibility, not a level
    ending = models.CharField(
        max_length=12, choices=[(e.value, e.label) for e in ELIGIBILITY], blank=True, editable=False
    )
    ended_because = models.TextField(blank=True, editable=False)  # sealed
    merged_into = OwnedKey("self", null=True, blank=True, related_name="merged", editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    kept_ages = models.JSONField(default=dict, db_default={}, editable=False)  # under 18 by day, once erased
    is_restricted = models.BooleanField("restricted", default=False, db_default=False, editable=False)
    is_held = models.BooleanField("under legal hold", default=False, db_default=False, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta(Registered.Meta):
        constraints = [
            *Registered.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ended_on=None, ending="") | (Q(ended_on__isnull=False) & ~Q(ending="")),
                name="ended_case_says_why",
            ),
            models.UniqueConstraint(
                fields=["territory", "came_from"], condition=~Q(came_from=""), name="one_case_of_a_transfer"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")), name="merged_into_another"
            ),
        ]

    @cached_property
    def standing(self) -> str:
        """As ``with_standing`` says, asked of a case that came without it."""
        return Case.objects.with_standing().values_list("standing", flat=True).get(pk=self.pk)

    @property
    def stands(self) -> str:
        """In words, of one that came ``with_standing``."""
        if self.standing == Standing.SUSPENDED:
            return f"suspended: recalled on {long_date(self.suspended_on)}"
        if self.standing == Standing.MANAGED:
            return "managed"
        return f"ended: {lower_first(self.get_ending_display())}, last day {long_date(self.ended_on)}"

    @property
    def why_ended(self) -> str:
        return unseal(self.ended_because) if self.ended_because else ""

    @property
    def kept(self) -> "Case":
        """The case under which the person goes on."""
        return self.merged_into or self

    @property
    def family(self):
        """All cases of the person, from whichever of them."""
        kept = self.merged_into_id or self.pk
        return Case.objects.filter(Q(pk=kept) | Q(merged_into=kept))

    @cached_property
    def whole(self) -> list["Case"]:
        """With those merged into it: everything that is known of the person hangs on one of them."""
        return [self, *self.merged.order_by("pk")]


class OfCaseQuerySet(OwnedQuerySet):
    def for_user(self, user):
        return self.filter(case__in=Case.objects.for_user(user))


class LevelPeriodQuerySet(OfCaseQuerySet):
    def current(self, today: date):
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)

    def of_people(self, today: date):
        """Without those of a merged case whose person has levels, or an ending, on the case that was kept."""
        kept = LevelPeriod.objects.filter(case=OuterRef("case__merged_into"), starts_on__lte=today)
        goes_on = Q(case__merged_into__ended_on=None) | Q(case__merged_into__ended_on__gte=today)
        return self.current(today).filter(Q(case__merged_into=None) | (goes_on & ~Exists(kept)))


class LevelPeriod(Owned):
    """At which level a case was managed, last day included; why that began, and why nothing like it followed."""

    case = OwnedKey(Case, on_delete=models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(3)])
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)  # sealed
    ending = models.CharField(max_length=12, choices=Ending, blank=True)
    ended_because = models.TextField(blank=True)  # sealed: of a recall

    objects = LevelPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "case"], condition=Q(ends_on=None), name="one_present_level"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="level_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ending="") | Q(ends_on__isnull=False), name="level_ended_has_last_day"
            ),
        ]

    @property
    def why(self) -> str:
        return unseal(self.reason) if self.reason else ""

    @property
    def why_ended(self) -> str:
        return unseal(self.ended_because) if self.ended_because else ""


class Token(Owned):
    """One keyed word by which a case is found; rotation of the key rebuilds them all (H4)."""

    case = OwnedKey(Case, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=10)  # name, alias, sound, near (one letter short), birth_date
    token = models.CharField(max_length=64)

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "kind", "token", "case"], name="one_token_per_case")
        ]
