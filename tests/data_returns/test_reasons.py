"""A figure that differs from the register needs a reason, which holds for the count that it was written about."""

from html import unescape

import pytest
from django.utils import timezone

from data_returns.actions.checking import pass_check
from data_returns.actions.entry import import_content
from data_returns.actions.signing import sign
from data_returns.content import parse
from data_returns.evidence import derived
from data_returns.models import Figure, Return
from mappa_portal.exceptions import Conflict
from tests.data_returns.frozen import AT, REGISTER, REST, TURNED_ON, explain, reread
from tests.data_returns.samples import good


def test_a_register_that_moved_on_stops_the_signature_until_somebody_says_why(world, cases, draft):
    ready = pass_check(draft, by=None)
    late = cases.add("7", since=TURNED_ON)
    with pytest.raises(Conflict, match="2 problems must be fixed"):
        sign(ready, by=world.camden_mappa_chair, at=AT)
    explain("q1_l1", 4), explain("q1_l1_police", 3)
    assert sign(ready, by=world.camden_mappa_chair, at=AT).evidence["register"]["q1_l1"] == 4
    assert late.reference in str(reread(ready).evidence)


NOW = "Enter why Level 1, 3, differs from the case register, 5 now. “Entered after the day.” was written when it"


@pytest.mark.parametrize("then, said", [(4, "counted 4"), (None, "could not say"), (5, "")])
def test_a_reason_stands_for_the_count_that_it_was_written_about(world, cases, draft, browser, then, said):
    ready = pass_check(draft, by=None)
    for name in ("7", "8"):
        cases.add(name, since=TURNED_ON)
    explain("q1_l1", then), explain("q1_l1_police", 4)
    page = unescape(browser.get("/returns/camden/2024-25/check/").content.decode())
    assert (f"{NOW} {said}" in page) == bool(said)
    if said:
        with pytest.raises(Conflict, match="1 problem must be fixed"):
            sign(ready, by=world.camden_mappa_chair, at=AT)
    else:
        assert sign(ready, by=world.camden_mappa_chair, at=AT).evidence["reasons"]["q1_l1"][0] == 5


def test_the_page_asks_for_the_reason_again_and_takes_the_new_one(cases, draft, browser):
    cases.add("7", level=3, since=TURNED_ON)
    explain("q1_l3", 2)
    address, sent = "/returns/camden/2024-25/q/1/", {"revision": draft.sections.get(question=1).revision}
    page = browser.get(address)
    form = page.context["form"]
    assert form["reason-q1_l3"].value() == "" and "written when it counted 2" in unescape(
        page.content.decode()
    )
    sent |= {name: form[name].value() for name in form.fields if form[name].value() is not None}
    cases.add("8", level=3, since=TURNED_ON)  # while it is being written
    browser.post(address, sent | {"reason-q1_l3": "One came late.", "then": "later"})
    assert Figure.objects.get(key="q1_l3").register == 1
    assert (
        "differs from the case register, 2 now. “One came late.” was written when it counted 1"
        in unescape(browser.get(address).content.decode())
    )


@pytest.mark.parametrize(
    "register, said", [(3, "The register counted 3. One came late."), (None, "One came late.")]
)
def test_a_reason_stands_also_where_the_register_cannot_say(draft, register, said):
    Figure.objects.filter(key="q1_l1").update(register=register, reason="One came late.")
    assert Return.objects.get(pk=draft.pk).said().reasons == {"q1_l1": said}


def test_a_reason_stays_with_the_count_that_it_explained(draft):
    Figure.objects.filter(key="q1_l1").update(register=9, reason="One came late.")
    import_content(draft, draft.said(), by=None, at=AT)
    kept = Figure.objects.get(key="q1_l1")
    assert (kept.register, kept.reason) == (9, "One came late.")


def test_the_check_names_it_and_leads_to_its_reason(browser, cases, draft):
    cases.add("7", level=3, since=TURNED_ON)
    page = browser.get("/returns/camden/2024-25/check/").content.decode()
    assert "Enter why Level 3, 0, differs from the case register, 1" in page
    assert "/returns/camden/2024-25/q/1/#id_reason-q1_l3" in page


UNKNOWN = {"lead": "", "born": None, "category": None, "since": TURNED_ON}


def test_what_the_register_cannot_tell_asks_for_no_reason(world, cases, draft):
    cases.add("7", **UNKNOWN)
    explain("q1_l1", 4)
    made = sign(pass_check(draft, by=None), by=world.camden_mappa_chair, at=AT)
    assert "q2_l1" not in made.evidence["register"] and "q1_l1_police" not in made.evidence["register"]
    assert derived(reread(made))["q2_l1"].in_words == "at least 1; age of 1 not recorded"


def test_a_file_without_reasons_leaves_the_question_open(draft):
    said = good(REGISTER | REST | {"q2_l1": 0}, texts={"q4": "One."})
    import_content(draft, parse(said, draft.form)[0], by=None, at=timezone.now())
    assert not draft.sections.get(question=2).is_done
    with pytest.raises(Conflict, match="2 things must be fixed"):
        pass_check(draft, by=None)


def test_a_save_for_another_field_keeps_the_reason_that_no_longer_stands(world, cases, draft, browser):
    for name in ("7", "8"):
        cases.add(name, since=TURNED_ON)
    explain("q1_l1", 4)
    sent = {f"figure-{f.key}": f.value for f in draft.figures.all() if f.key.startswith("q1_")}
    sent |= {"revision": draft.sections.get(question=1).revision, "then": "later", "seen-q1_l1": "9" * 99}
    assert browser.post("/returns/camden/2024-25/q/1/", sent).status_code == 302
    kept = Figure.objects.get(key="q1_l1")
    assert (kept.register, kept.reason) == (4, "Entered after the day.")
