"""From a template to a protocol in force: who, when, and what a second try does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event
from time import sleep

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from boards.access import share
from boards.models import Appointment, ApprovingBody, AreaSettings, Reach
from boards.roles import Seat
from mappa_portal.exceptions import Conflict, StaleEdit
from outbox.jobs import run_jobs
from outbox.models import Job, Message
from protocols.actions import approval, copies, drafting, reviews, signing, templates
from protocols.models import Approval, Protocol, Review, Template, TemplateVersion, Version
from tests.factories import organisation, person
from tests.world import TODAY

Status = Version.Status


def kinds(version) -> list[str]:
    return list(version.approvals.values_list("decision", flat=True))


# -- Templates and copies --


def test_all_boroughs_get_their_copy_at_once_and_only_once(world):
    template = world.template()
    boroughs = list(world.territory("london").children.all())
    first = copies.give_copies(template, boroughs=boroughs, by=world.co_ordinator, on=TODAY)
    assert [p.reference for p in first.made] == ["CMD-P-2026-001", "HCK-P-2026-001", "ISL-P-2026-001"]
    again = copies.give_copies(template, boroughs=boroughs, by=world.co_ordinator, on=TODAY)
    assert again.made == ()
    assert {reason for _, reason in again.left_out} == {"has a copy of this template already"}


def test_a_copy_names_its_borough_everywhere(world):
    version = world.protocol("hackney").versions.get()
    assert "Hackney" in version.clauses.first().body
    assert not any("{borough}" in c.body + c.heading for c in version.clauses.all())


def test_a_borough_without_a_board_is_named_and_left_out(world):
    world.organisation("islington-lscb").coverage.all().delete()
    given = copies.give_copies(
        world.template(),
        boroughs=[world.territory("islington"), world.territory("camden")],
        by=world.co_ordinator,
        on=TODAY,
    )
    assert [p.about.slug for p in given.made] == ["camden"]
    [(borough, reason)] = given.left_out
    assert borough.slug == "islington" and "no safeguarding board" in reason


def test_giving_more_copies_costs_only_their_references_and_events(world):
    template = world.template()

    def asked(*slugs) -> int:
        boroughs = [world.territory(slug) for slug in slugs]
        with CaptureQueriesContext(connection) as seen:
            copies.give_copies(template, boroughs=boroughs, by=world.co_ordinator, on=TODAY)
        each = ("boards_counter", "audit_draft", "SAVEPOINT")
        return sum(not any(words in q["sql"] for words in each) for q in seen)

    one = asked("camden")  # reaches that grow by the same number are one query
    assert one <= asked("hackney", "islington") <= one + 1
    assert Reach.objects.get(organisation=world.organisation("camden-lscb")).count == 1
    assert Reach.objects.get(organisation=world.organisation("london-smb")).count == 3


@pytest.mark.parametrize("who", ["camden_administrator", "smb_chair", "leeds_co_ordinator", "nobody"])
def test_only_the_areas_office_gives_copies(world, who):
    with pytest.raises(PermissionDenied):
        copies.give_copies(
            world.template(), boroughs=[world.territory("camden")], by=getattr(world, who), on=TODAY
        )


def test_a_draft_template_cannot_be_given(world):
    with pytest.raises(Conflict, match="Publish this one first"):
        copies.give_copies(
            world.draft_template(), boroughs=[world.territory("camden")], by=world.co_ordinator, on=TODAY
        )


def test_a_published_template_is_not_edited_but_continued(world):
    version = world.template()
    clause = version.clauses.first()
    with pytest.raises(Conflict, match="Start the next one"):
        templates.edit_clause(
            clause, heading="X", body="", locked=False, revision=clause.revision, by=world.co_ordinator
        )
    draft = templates.start_next(version, by=world.co_ordinator)
    assert [c.locked for c in draft.clauses.all()] == [True, False, False, False]
    with pytest.raises(Conflict, match="has a draft already"):
        templates.start_next(version, by=world.co_ordinator)


def test_C2_two_imports_of_one_new_name_at_once_give_one_template(committed):
    world, first_made = committed, Event()

    def first():
        with world.scope():
            world.draft_template("London protocol")
            first_made.set()
            sleep(0.5)  # the second one finds no template of this name and waits for the reference
        connection.close()

    def second():
        first_made.wait(30)
        try:
            with world.scope(), pytest.raises(Conflict, match="Somebody else is importing"):
                world.draft_template("LONDON PROTOCOL")
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result()
    with world.scope():
        assert Template.objects.get().name == "London protocol"


def test_correcting_an_import(world):
    version = world.draft_template()
    by = world.co_ordinator
    templates.add_clause(version, after=0, depth=1, heading="Foreword", body="", by=by)
    templates.move_clause(version.clauses.get(heading="Review"), by_places=-1, by=by)
    templates.indent_clause(version.clauses.get(heading="Review"), by_levels=1, by=by)
    templates.remove_clause(version.clauses.get(heading="Introduction"), by=by)
    assert list(version.clauses.values_list("position", "depth", "heading")) == [
        (1, 1, "Foreword"),
        (2, 1, "What each side does"),
        (3, 2, "Review"),
        (4, 2, "Local contacts"),
    ]


# -- Drafting --


def test_two_people_edit_one_clause_and_nothing_is_lost(world):
    version = world.protocol().versions.get()
    clause = version.clauses.get(heading="Local contacts")
    mine = {"heading": clause.heading, "revision": clause.revision}
    drafting.edit_clause(clause, body="First", by=world.camden_administrator, **mine)
    with pytest.raises(StaleEdit) as stale:
        drafting.edit_clause(clause, body="Second", by=world.camden_administrator, **mine)
    assert stale.value.current.body == "First"


WHO_MAY_EDIT = [
    ("camden_administrator", None),
    ("co_ordinator", None),
    ("camden_mappa_chair", PermissionDenied),
    ("camden_board_chair", PermissionDenied),
    ("hackney_administrator", PermissionDenied),
    ("smb_co_ordinator", PermissionDenied),
    ("left_yesterday_really", PermissionDenied),
]


@pytest.mark.parametrize("who, refused", WHO_MAY_EDIT)
def test_who_edits_a_borough_draft(world, who, refused):
    if who == "smb_co_ordinator":
        person(who, world.organisation("london-smb"), Seat.CO_ORDINATOR)
    if who == "left_yesterday_really":
        who = "left_yesterday"
        yesterday = timezone.localdate() - timedelta(days=1)
        Appointment.objects.filter(user=world.left_yesterday).update(ends_on=yesterday)
    clause = world.protocol().versions.get().clauses.get(heading="Local contacts")
    edit = {"heading": clause.heading, "body": "Ours", "revision": clause.revision, "by": getattr(world, who)}
    if refused:
        with pytest.raises(refused):
            drafting.edit_clause(clause, **edit)
    else:
        assert drafting.edit_clause(clause, **edit).is_changed


def test_a_locked_clause_is_the_areas(world):
    clause = world.protocol().versions.get().clauses.get(heading="Introduction")
    with pytest.raises(Conflict, match="the same in every borough"):
        drafting.edit_clause(clause, heading="X", body="", revision=1, by=world.camden_administrator)


def test_a_placeholder_stops_submission_and_is_named(world):
    version = world.protocol().versions.get()
    drafting.add_clause(
        version, after=4, depth=1, heading="Contact", body="(Name of person)", by=world.camden_administrator
    )
    with pytest.raises(ValidationError, match=r"Contact still has a placeholder: \(Name of person\)"):
        drafting.submit(version, by=world.camden_administrator)


def test_a_submitted_text_is_fixed(world):
    version = world.submitted()
    clause = version.clauses.last()
    with pytest.raises(Conflict):
        drafting.edit_clause(clause, heading="X", body="", revision=1, by=world.camden_administrator)
    with pytest.raises(Conflict, match="submitted already"):
        drafting.submit(version, by=world.camden_administrator)


def test_a_clause_opened_before_the_submission_is_not_removed_after_it(world):
    version = world.protocol().versions.get()
    clause = version.clauses.select_related("version").get(heading="Local contacts")
    drafting.submit(version, by=world.camden_administrator)
    with pytest.raises(Conflict):
        drafting.remove_clause(clause, by=world.camden_administrator)
    assert version.clauses.filter(pk=clause.pk).exists()


def test_C1_a_clause_removed_twice_moves_the_others_up_once(world):
    version = world.protocol().versions.get()
    clause = version.clauses.get(heading="What each side does")
    for _ in range(2):
        drafting.remove_clause(clause, by=world.camden_administrator)
    assert list(version.clauses.values_list("position", "heading")) == [
        (1, "Introduction"),
        (2, "Local contacts"),
        (3, "Review"),
    ]


CHANGES = {
    "update": lambda version: version.clauses.update(body="Other"),
    "insert": lambda version: version.clauses.create(
        territory_id=version.territory_id, about_id=version.about_id, position=9, heading="More"
    ),
    "delete": lambda version: version.clauses.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_database_refuses_to_change_a_submitted_text(world, change):
    version = world.submitted()
    with pytest.raises(IntegrityError, match="text of a submitted version is fixed"), transaction.atomic():
        change(version)
    assert version.clauses.count() == 4


# -- A newer template --


def newer(world, **bodies) -> TemplateVersion:
    """The area's next version: other texts by heading, None for a clause that is dropped."""
    draft = templates.start_next(world.template(), by=world.co_ordinator)
    for heading, body in bodies.items():
        clause = draft.clauses.get(heading=heading.replace("_", " "))
        clause.delete() if body is None else draft.clauses.filter(pk=clause.pk).update(body=body)
    return templates.publish(draft, by=world.co_ordinator)


def own(world, version, named: str, **values) -> None:
    clause = version.clauses.get(heading=named)
    said = {"heading": clause.heading, "body": clause.body, "revision": clause.revision} | values
    drafting.edit_clause(clause, by=world.camden_administrator, **said)


def taken_over(world, version, template) -> list[tuple]:
    by = world.camden_administrator
    drafted = drafting.start_next(drafting.submit(version, by=by), by=by, template_version=template)
    return list(drafted.clauses.values_list("position", "heading", "body", "to_check"))


def test_a_newer_template_keeps_what_the_borough_added_where_it_stood(world):
    version = world.protocol().versions.get()
    by = world.camden_administrator
    drafting.add_clause(version, after=2, depth=2, heading="Night desk", body="Ring", by=by)
    assert [row[1:] for row in taken_over(world, version, newer(world, Review="Yearly."))] == [
        ("Introduction", "Camden and the SMB agree how they work together.", False),
        ("What each side does", "- Share what is needed\n- Attend when invited", False),
        ("Night desk", "Ring", False),
        ("Local contacts", "Ask the MAPPA unit in Camden.", False),
        ("Review", "Yearly.", False),
    ]


def test_a_newer_template_keeps_local_wording_under_a_local_heading(world):
    version = world.protocol().versions.get()
    own(world, version, "Local contacts", heading="Who to ask", body="Ask Ada.")
    found = taken_over(world, version, newer(world, Review="Yearly."))
    assert found[2:] == [(3, "Who to ask", "Ask Ada.", False), (4, "Review", "Yearly.", False)]


def test_where_both_sides_changed_a_clause_the_boroughs_stays_and_is_named(world, client):
    version = world.protocol().versions.get()
    own(world, version, "Local contacts", body="Ask Ada.")
    own(world, version, "Review", body="Each spring.")
    found = taken_over(world, version, newer(world, Local_contacts="Ask {borough}'s desk.", Review=None))
    assert found[2:] == [(3, "Local contacts", "Ask Ada.", True), (4, "Review", "Each spring.", True)]
    client.force_login(world.camden_administrator)
    page = client.get(f"/protocols/{version.protocol.reference}/draft/")
    assert [line.title for line in page.context["to_check"]] == ["2.1 Local contacts", "3 Review"]
    following = version.protocol.versions.first()
    own(world, following, "Local contacts")
    assert list(following.clauses.filter(to_check=True).values_list("heading", flat=True)) == ["Review"]


# -- Approval --


def test_bodies_approve_in_order(world):
    version = world.submitted()
    first, second, third = version.approvals.all()
    days = {
        "decided_on": date(2012, 12, 8),
        "comment": "",
        "today": TODAY,
        "decision": "approved",
    }  # a Saturday
    with pytest.raises(Conflict, match="It is not your turn yet"):
        approval.decide(third, by=world.smb_chair, **days)
    approval.decide(first, by=world.scb_chair, **days)
    with pytest.raises(Conflict, match="was recorded already"):
        approval.decide(first, by=world.scb_chair, **days)
    with pytest.raises(PermissionDenied):
        approval.decide(second, by=world.smb_chair, **days)
    approval.decide(second, by=world.lscb_chairs_chair, **days)
    approval.decide(third, by=world.smb_chair, **days)
    version.refresh_from_db()
    assert version.status == Status.APPROVED
    assert list(version.signatures.values_list("role", flat=True)) == ["MAPPA Chair", "LSCB Chair"]


def test_nobody_approves_what_a_body_before_wants_changed(world):
    version = world.submitted()
    first, second, _ = version.approvals.all()
    days = {"decided_on": TODAY, "today": TODAY}
    approval.decide(first, decision="changes", comment="Name a person", by=world.scb_chair, **days)
    assert not Approval.objects.next_in_line().exists()
    with pytest.raises(Conflict, match="asked for changes: the next version comes first"):
        approval.decide(second, decision="approved", comment="", by=world.lscb_chairs_chair, **days)


def test_a_body_that_approves_since_the_copies_were_given_sees_what_it_is_asked_about(world):
    version = world.protocol().versions.get()
    added = organisation("London Health Board", world.territory("london"), "regional_board")
    chair = person("health_chair", added, Seat.CHAIR)
    london = version.territory
    ApprovingBody.objects.create(territory=london, organisation=added, position=4, sees="whole")
    drafting.submit(version, by=world.camden_administrator)
    assert Protocol.objects.for_user(chair).get() == version.protocol


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"decided_on": TODAY + timedelta(days=1)}, "today or in the past"),
        ({"decision": "changes"}, "Enter what should change"),
    ],
)
def test_a_decision_needs_its_day_and_its_reason(world, wrong, message):
    first = world.submitted().approvals.first()
    values = {
        "decision": "approved",
        "decided_on": TODAY,
        "comment": "",
        "today": TODAY,
        "by": world.scb_chair,
    }
    with pytest.raises(ValidationError, match=message):
        approval.decide(first, **(values | wrong))
    first.refresh_from_db()
    assert first.decision == Approval.Decision.OPEN


def test_many_boroughs_in_one_decision_or_none(world):
    camden = world.submitted("camden")
    hackney = world.protocol("hackney").versions.get()
    hackney = drafting.submit(hackney, by=world.hackney_administrator)
    waiting = list(Approval.objects.next_in_line())
    assert {a.version_id for a in waiting} == {camden.pk, hackney.pk}
    approval.decide_all(waiting, decided_on=TODAY, by=world.scb_chair, today=TODAY)
    with pytest.raises(PermissionDenied):
        approval.decide_all(
            Approval.objects.next_in_line(), decided_on=TODAY, by=world.scb_chair, today=TODAY
        )


def test_a_local_change_reopens_only_the_bodies_that_read_it(world):
    version = world.approved()
    following = drafting.start_next(version, by=world.camden_administrator)
    clause = following.clauses.get(heading="Local contacts")
    drafting.edit_clause(
        clause,
        heading=clause.heading,
        body="A new number",
        revision=clause.revision,
        by=world.camden_administrator,
    )
    following = drafting.submit(following, by=world.camden_administrator)
    assert kinds(following) == ["approved", "open", "open"]  # the London SCB reads the shared text alone
    assert following.approvals.first().decided_on == date(2012, 11, 21)
    version.refresh_from_db()
    assert version.status == Status.REPLACED


def test_an_unchanged_text_keeps_every_approval(world):
    following = drafting.start_next(world.approved(), by=world.camden_administrator)
    following = drafting.submit(following, by=world.camden_administrator)
    assert kinds(following) == ["approved"] * 3
    assert following.status == Status.APPROVED


def test_a_discarded_draft_gives_its_predecessor_back(world):
    version = world.submitted()
    draft = drafting.start_next(version, by=world.camden_administrator)
    back = drafting.discard(draft, by=world.camden_administrator)
    assert (back.pk, back.status) == (version.pk, Status.CONSULTATION)
    with pytest.raises(Conflict):
        drafting.discard(back, by=world.camden_administrator)


# -- Signature --


@pytest.mark.parametrize(
    "who, refused",
    [
        ("camden_mappa_chair", None),
        ("camden_administrator", PermissionDenied),
        ("camden_board_chair", PermissionDenied),  # signs for the other party
        ("hackney_mappa_chair", PermissionDenied),
        ("smb_chair", PermissionDenied),
    ],
)
def test_only_the_mappa_chair_signs_for_mappa(world, who, refused):
    signature = world.approved().signatures.get(role="MAPPA Chair")
    if refused:
        with pytest.raises(refused):
            signing.sign(signature, by=getattr(world, who), at=timezone.now())
    else:
        signature = signing.sign(signature, by=getattr(world, who), at=timezone.now())
        with pytest.raises(Conflict, match="given already"):
            signing.sign(signature, by=getattr(world, who), at=timezone.now())
        assert signature.content_hash == signature.version.content_hash
    signature.refresh_from_db()
    assert (signature.signed_at is None) == bool(refused)


def test_a_chair_who_lost_the_seat_meanwhile_signs_nothing(world):
    signature = world.approved().signatures.get(role="MAPPA Chair")
    chair = world.camden_mappa_chair
    chair.appointments.update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(PermissionDenied):
        signing.sign(signature, by=chair, at=timezone.now())
    assert not Job.objects.filter(kind="protocols.seal").exists()


def test_I2_one_person_never_signs_for_both(world):
    version = world.approved()
    both = world.camden_mappa_chair
    Appointment.objects.create(
        user=both, organisation=version.protocol.board, seat="chair", starts_on=date(2020, 1, 1)
    )
    mappa, board = version.signatures.all()
    signing.sign(mappa, by=both, at=timezone.now())
    with pytest.raises(PermissionDenied, match="Another person must sign"):
        signing.sign(board, by=both, at=timezone.now())


def test_the_last_signature_brings_it_into_force(world):
    version = world.in_force()
    protocol = version.protocol
    assert version.status == Status.IN_FORCE
    assert version.adopted_on == timezone.localdate()
    assert protocol.review_due == date(
        version.adopted_on.year + 1, version.adopted_on.month, version.adopted_on.day
    )
    assert protocol.reviews.get().kind == Review.Kind.FIRST


def test_adoption_is_the_last_required_act_even_on_a_saturday(world):
    """London's region: last approval 8 December 2012, so the first review falls due on 8 December 2013."""
    version = world.approved()
    saturday = timezone.make_aware(timezone.datetime(2012, 12, 8, 15, 0))
    for one, by in zip(
        version.signatures.all(), [world.camden_mappa_chair, world.camden_board_chair], strict=True
    ):
        signing.sign(one, by=by, at=saturday)
    version.refresh_from_db()
    assert version.adopted_on == date(2012, 12, 8)
    assert version.protocol.review_due == date(2013, 12, 8)


def test_the_next_version_in_force_supersedes_and_keeps_the_review_date(world):
    old = world.in_force()
    due = Protocol.objects.get(pk=old.protocol_id).review_due
    following = drafting.start_next(old, by=world.camden_administrator)
    old.refresh_from_db()
    assert old.status == Status.IN_FORCE  # stays so until the next one is signed
    following = drafting.submit(following, by=world.camden_administrator)
    for one, by in zip(
        following.signatures.all(), [world.camden_mappa_chair, world.camden_board_chair], strict=True
    ):
        signing.sign(one, by=by, at=timezone.now())
    old.refresh_from_db()
    assert old.status == Status.SUPERSEDED
    assert Protocol.objects.get(pk=old.protocol_id).review_due == due


def test_areas_where_the_smb_chair_signs(world):
    AreaSettings.objects.filter(territory__slug="london").update(mappa_signatory="smb", board_term="LSCP")
    assert list(world.approved().signatures.values_list("role", "organisation__slug")) == [
        ("SMB Chair", "london-smb"),
        ("LSCP Chair", "camden-lscb"),
    ]


# -- Reviews --


@pytest.mark.parametrize(
    "days_left, step",
    [
        (61, None),
        (60, 60),
        (31, 60),
        (30, 30),
        (8, 30),
        (7, 7),
        (1, 7),
        (0, 0),
        (-1, 0),
        (-29, 0),
        (-30, -30),
        (-75, -60),
    ],
)
def test_reminders_come_at_their_steps(days_left, step):
    assert reviews.reminder_step(days_left) == step


def test_reminders_are_promised_once_a_step(world):
    protocol = world.in_force().protocol
    run_jobs()
    day = protocol.review_due - timedelta(days=30)
    for _ in range(3):
        assert reviews.remind_of_reviews(day) == 1
    assert Job.objects.filter(kind="protocols.remind_of_review").count() == 1
    run_jobs()
    assert set(Message.objects.filter(kind="protocol_review").values_list("to_email", flat=True)) == {
        "camden_administrator@example.org",
        "left_yesterday@example.org",
        "co_ordinator@example.org",
        "office_administrator@example.org",
    }


def test_who_wants_no_reminders_gets_none(world):
    protocol = world.in_force().protocol
    User.objects.filter(email__in=["left_yesterday@example.org", "co_ordinator@example.org"]).update(
        reminders=False
    )
    reviews.remind_of_reviews(protocol.review_due)
    run_jobs()
    assert set(Message.objects.filter(kind="protocol_review").values_list("to_email", flat=True)) == {
        "camden_administrator@example.org",
        "office_administrator@example.org",
    }


def test_the_next_review_counts_from_completion_or_from_the_due_date(world):
    for anchor, expected in (("completed", date(2029, 1, 10)), ("due", date(2028, 11, 1))):
        protocol = _protocol_due(world, date(2026, 11, 1), anchor)
        review = reviews.start_review(protocol.reviews.open().get(), by=world.camden_administrator, on=TODAY)
        reviews.complete_review(review, by=world.camden_administrator, on=date(2027, 1, 10))
        protocol.refresh_from_db()
        assert protocol.review_due == expected, anchor


def _protocol_due(world, due: date, anchor: str) -> Protocol:
    AreaSettings.objects.filter(territory__slug="london").update(review_anchor=anchor)
    protocol = Protocol.objects.first() or world.in_force().protocol
    protocol.reviews.all().delete()
    signing.plan_review(protocol, Review.Kind.REGULAR, due)
    return protocol


@pytest.mark.parametrize("counts_as_full, moved", [(False, False), (True, True)])
def test_an_early_review_moves_the_date_only_as_a_full_one(world, counts_as_full, moved):
    protocol = world.in_force().protocol
    due = protocol.review_due
    early = reviews.call_early_review(
        protocol, reason="New guidance", by=world.camden_administrator, on=TODAY
    )
    reviews.complete_review(early, by=world.camden_administrator, on=TODAY, counts_as_full=counts_as_full)
    protocol.refresh_from_db()
    assert (protocol.review_due != due) == moved


def test_withdrawing_ends_the_clock_and_needs_a_reason(world):
    version = world.in_force()
    by = world.camden_administrator
    with pytest.raises(ValidationError, match="Enter why"):
        drafting.withdraw(version, reason=" ", by=by, on=TODAY)
    drafting.withdraw(version, reason="The boards merge", by=by, on=TODAY)
    protocol = Protocol.objects.get(pk=version.protocol_id)
    assert (protocol.review_due, protocol.withdrawn_on) == (None, TODAY)
    assert not Review.objects.open().exists()
    with pytest.raises(Conflict):
        reviews.start_review(protocol.reviews.get(), by=by, on=TODAY)
    share(protocol, with_=world.organisation("camden-lscb"))  # its versions stay readable to its parties
    assert Version.objects.for_user(world.camden_board_chair).filter(status=Status.WITHDRAWN).exists()


def test_withdrawing_ends_every_version_under_way(world):
    old, by = world.in_force(), world.camden_administrator
    following = drafting.start_next(old, by=by)
    drafting.withdraw(old, reason="The boards merge", by=by, on=TODAY)
    assert {v.status for v in old.protocol.versions.all()} == {Status.WITHDRAWN}
    with pytest.raises(Conflict, match="was withdrawn"):
        drafting.submit(following, by=by)


def test_nothing_is_decided_or_signed_for_a_withdrawn_protocol(world):
    version = world.approved()
    signature = version.signatures.get(role="MAPPA Chair")
    Protocol.objects.filter(pk=version.protocol_id).update(withdrawn_on=TODAY)
    with pytest.raises(Conflict, match="was withdrawn"):
        signing.sign(signature, by=world.camden_mappa_chair, at=timezone.now())
    with pytest.raises(Conflict, match="was withdrawn"):
        approval.decide(
            version.approvals.first(),
            decision="approved",
            decided_on=TODAY,
            comment="",
            by=world.scb_chair,
            today=TODAY,
        )
