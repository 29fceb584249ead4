"""Who is found by a name or birth date, in which order, and what stays behind of the search (H1, H4)."""

from datetime import date

import pytest
from django.core.management import call_command

from audit.models import Change, Draft
from referrals.actions import write_tokens
from referrals.finding import find_people
from referrals.models import Case, LevelPeriod, Token
from referrals.personal import Person

PEOPLE = {
    "Exact": Person("Siobhan O'Quillane", birth_date=date(1980, 2, 29)),
    "Alias": Person("Other Person", ("Siobhan Oquillane",)),
    "Typo": Person("Siobhen Oquillane"),
    "Sound": Person("Siobhan Okillain"),
    "Nobody": Person("Siobhan Marchbank"),
}


@pytest.fixture
def unit(world):
    unit = world.organisation("camden-mappa-unit")
    for reference, person in PEOPLE.items():
        case = Case.objects.create(
            territory=unit.territory, organisation=unit, reference=reference, personal=person.sealed()
        )
        write_tokens([case])
    return unit


def found(unit, name="", birth_date=None):
    return {m.case.reference: m.by for m in find_people([unit], name=name, birth_date=birth_date, by=None)}


def test_H4_exact_comes_before_one_letter_and_that_before_the_sound(unit):
    matches = found(unit, "SIOBHÁN OʼQuillane")
    assert matches == {
        "Alias": ("alias",),
        "Exact": ("name",),
        "Typo": ("name", "similar"),
        "Sound": ("name", "sounds like"),
    }
    assert list(matches)[2:] == ["Typo", "Sound"]


SPELT = ["oquilane", "oquillanne", "oquillnae", "oquillame"]


@pytest.mark.parametrize("typed", SPELT)
def test_H4_one_letter_may_be_missing_added_swapped_or_wrong(unit, typed):
    assert found(unit, typed)["Exact"] == ("similar",)


def test_H4_short_words_are_found_only_as_they_are_or_sound(unit):
    write_tokens([_case(unit, "Short", Person("Bo"))])
    assert found(unit, "bo") and not found(unit, "bx")


def test_every_word_counts_or_the_birth_date(unit):
    assert "Nobody" not in found(unit, "Siobhan Oquillane")
    assert found(unit, "Somebody Else", date(1980, 2, 29)) == {"Exact": ("birth date",)}
    assert found(unit, "Siobhan Oquillane", date(1980, 2, 29))["Exact"] == ("name", "birth date")
    assert found(unit, birth_date=date(1980, 3, 1)) == {} == found(unit, "  ")


def test_A3_another_units_cases_are_never_found(world, unit):
    assert found(world.organisation("hackney-mappa-unit"), "Siobhan") == {}


def test_H1_the_search_is_on_record_without_its_words(unit):
    find_people([unit], name="Siobhan", birth_date=date(1980, 2, 29), by=None)
    event = Draft.objects.get(name="person.searched")
    assert (event.fields, event.subject_id, event.reason) == (["searched_for"], unit.pk, "")
    kept = f"{event.__dict__} {Change.objects.get(event_id=event.pk).__dict__}"
    assert "iobhan" not in kept and "1980" not in kept


def test_H4_a_dump_without_the_key_holds_no_name_and_no_bare_hash(unit):
    kept = " ".join(
        [*Token.objects.values_list("token", flat=True), *Case.objects.values_list("personal", flat=True)]
    )
    assert "iobhan" not in kept and "1980" not in kept
    kinds = {
        k: set(Token.objects.filter(kind=k).values_list("token", flat=True))
        for k in ("name", "alias", "near", "sound")
    }
    assert all(kinds.values()) and sum(map(len, kinds.values())) == len(set.union(*kinds.values()))


def test_H4_replacing_the_key_rebuilds_the_index(unit, settings):
    before = set(Token.objects.values_list("token", flat=True))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert "Exact" in found(unit, "Siobhan")  # until it is rebuilt, under the key before
    LevelPeriod.objects.create(
        territory=unit.territory, case=Case.objects.first(), level=2, starts_on=date(2026, 1, 1)
    )
    call_command("reseal", verbosity=0)
    settings.SECRET_KEY_FALLBACKS = []
    after = set(Token.objects.values_list("token", flat=True))
    assert len(after) == len(before) and not after & before
    assert "Exact" in found(unit, "Siobhan")
    assert Person.opened(Case.objects.get(reference="Exact").personal) == PEOPLE["Exact"]


def _case(unit, reference: str, person: Person) -> Case:
    return Case.objects.create(
        territory=unit.territory, organisation=unit, reference=reference, personal=person.sealed()
    )


@pytest.mark.parametrize("typed", ["Ryannon", "Rianon", "Rhianon", "Rhyannon"])
def test_H4_names_that_sound_alike_are_found_however_they_are_spelt(unit, typed):
    write_tokens([_case(unit, "Spelt", Person("Rhiannon"))])
    assert "Spelt" in found(unit, typed)
