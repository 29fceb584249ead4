"""Events as people read them: what was done, in a few words after the person's name."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from audit.models import Event
from mappa_portal.words import long_date, upper_first

ACTIONS = {
    "action.agreed": "Added an action",
    "action.carried_over": "Carried an action over",
    "action.changed": "Changed an action",
    "action.closed": "Closed an action",
    "action.reported_done": "Reported an action as done",
    "action.viewed": "Looked at an action",
    "appointment.changed": "Changed an appointment",
    "appointment.confirmed": "Confirmed that a person is still in post",
    "appointment.ended": "Ended an appointment",
    "appointment.made": "Appointed a person",
    "appointment.withdrawn": "Withdrew an appointment made by mistake",
    "approval.corrected": "Corrected the date of a decision",
    "approval.recorded": "Recorded a decision on a version",
    "approving_bodies.changed": "Changed who approves protocols",
    "area.loaded": "Set up the area",
    "attendance.imported": "Imported attendance",
    "attendance.recorded": "Recorded attendance",
    "attendance_file.discarded": "Deleted an attendance file that was handed in",
    "attendance_file.kept": "Handed in an attendance file",
    "audit.exported": "Exported the audit trail",
    "authenticator.added": "Added an authenticator app or passkey",
    "authenticator.removed": "Removed an authenticator app or passkey",
    "case.added": "Added a case",
    "case.address_added": "Added an address of a case",
    "case.address_corrected": "Corrected an address of a case",
    "case.address_ended": "Ended an address of a case",
    "case.edited": "Changed the particulars of a case",
    "case.ended": "Recorded that a case has ended",
    "case.ending_taken_back": "Took the recall or the ending of a case back",
    "case.level_changed": "Changed the level of a case",
    "case.level_corrected": "Corrected the level of a case",
    "case.suspended": "Suspended a case: recalled",
    "case.merged": "Merged a case into another of the same person",
    "case.took_in": "Took in another case of the same person",
    "case.unmerged": "Undid the merge of a case",
    "case.gave_back": "Gave back a case that had been merged",
    "case.held": "Put a case under legal hold",
    "case.hold_lifted": "Lifted the legal hold on a case",
    "case.looks_exported": "Exported who looked at a case",
    "case.reason_given": "Gave a reason for opening a restricted case",
    "pack.downloaded": "Took a pack away",
    "pack.finished": "Finished a pack",
    "pack.released": "Released a pack",
    "pack.reopened": "Took a pack back before release",
    "pack.reviewed": "Decided what a pack withholds",
    "pack.started": "Started a pack",
    "pack.viewed": "Looked at a pack",
    "record.erased": "Erased a record",
    "record.erasure_proposed": "Proposed to erase a record",
    "record.erasure_refused": "Refused to erase a record",
    "record.kept": "Decided to keep a record longer",
    "case.restricted": "Restricted a case",
    "case.restriction_lifted": "Lifted the restriction of a case",
    "case.viewed": "Looked at the particulars of a case",
    "case.withdrawn": "Withdrew a case that was added by mistake",
    "clause.added": "Added a clause to a template",
    "clause.edited": "Changed a clause of a template",
    "clause.moved": "Moved a clause of a template",
    "clause.removed": "Removed a clause from a template",
    "contact.added": "Added the contact of an agency",
    "contact.asked": "Asked a contact to confirm its details",
    "contact.changed": "Changed the contact of an agency",
    "contact.confirmed": "Confirmed the details of a contact",
    "contact.ended": "Ended the contact of an agency",
    "discussion.recorded": "Recorded what was decided about a case",
    "discussion.viewed": "Looked at what was decided about a case",
    "disclosure.requested": "Recorded a request for disclosure",
    "disclosure.made_outside": "Recorded a disclosure made outside a meeting",
    "disclosure.scheme_noted": "Noted an application under a police scheme",
    "disclosure.proposed": "Proposed disclosure",
    "disclosure.view_recorded": "Recorded an agency's view on disclosure",
    "disclosure.decided": "Decided on disclosure",
    "disclosure.ratification_recorded": "Recorded what the panel answered to an emergency disclosure",
    "disclosure.carried_out": "Recorded that a disclosure was carried out",
    "disclosure.person_told": "Recorded whether the person was told of a disclosure",
    "disclosure.outcome_recorded": "Recorded the outcome of a disclosure",
    "disclosure.reviewed": "Reviewed a disclosure",
    "disclosure.scheme_step_recorded": "Recorded a step of a police scheme",
    "disclosure.heard_by_panel": "Recorded what the panel said to a disclosure made outside a meeting",
    "disclosure.corrected": "Corrected an entry of a disclosure",
    "disclosure.viewed": "Looked at the trail of a disclosure",
    "disclosure.downloaded": "Downloaded the trail of a disclosure",
    "disclosure.recipient_searched": "Looked for a recipient of disclosures",
    "disclosures.exported": "Exported the list of disclosures",
    "disclosures.knowledge_viewed": "Looked at who had been told about a case by a day",
    "document.downloaded": "Downloaded a document",
    "document.filed": "Filed a document",
    "document.sealed": "Put a signature into a document",
    "calendar_reply.refused": "Refused a reply from a calendar",
    "edition.changed": "Changed a form of the data return",
    "edition.discarded": "Deleted a draft form of the data return",
    "edition.published": "Published a form of the data return",
    "edition.started": "Started a form of the data return",
    "edition.withdrawn": "Withdrew a form of the data return",
    "invitation.reminded": "Reminded an agency to reply",
    "invitation.resent": "Sent an invitation to a corrected contact",
    "invitation.withdrawn": "Withdrew an agency's invitation",
    "invitations.changed": "Told agencies that a meeting has changed",
    "invitations.ended": "Told agencies that a meeting will not take place",
    "invitations.sent": "Invited agencies to a meeting",
    "escalation.answered": "Recorded what the SMB answered",
    "follow_up.answered": "Explained an absence",
    "follow_up.asked": "Asked why an agency was absent",
    "follow_up.closed": "Closed a follow-up",
    "follow_up.decided": "Decided on an explanation",
    "follow_up.escalated": "Took a follow-up to the next step",
    "follow_up.opened": "Opened a follow-up of an absence",
    "figures.exported": "Exported figures of attendance",
    "job.closed": "Closed a job without doing it",
    "job.retried": "Had a failed job tried again",
    "return.opened": "Opened the data return of a year",
    "return.checked": "Checked the data return: ready to sign",
    "return.filled_in": "Filled in the data return",
    "return.corrected": "Started a correction of the data return",
    "return.signed": "Signed the data return",
    "return.sent": "Sent the data return to the board",
    "return.tabled": "Tabled the data return at a meeting of the board",
    "return.accepted": "Accepted the data return",
    "return.sent_back": "Sent the data return back",
    "return.exported": "Took the data return away as a workbook to fill in",
    "return.records_opened": "Looked at the cases behind a figure of the data return",
    "return.records_exported": "Took the cases behind a figure of the data return away",
    "return.release_asked": "Released the figures of the data return for others",
    "return.released": "Worked out and froze the released figures of the data return",
    "return.release_refused": "Did not release: what was released before would give a hidden figure away",
    "return.sums_asked": "Released the area's sums of the data returns",
    "return.sums_released": "Worked out and froze the area's sums of the data returns",
    "return.query_asked": "Asked about an answer of the data return",
    "return.query_answered": "Answered a question about the data return",
    "return.query_closed": "Closed a question about the data return",
    "return.extended": "Gave more time for a data return",
    "return.extension_taken_back": "Took back that there was more time for a data return",
    "return.chased": "Chased a data return",
    "return.words_cleared": "Said that words of a comment identify nobody",
    "meeting.abandoned": "Recorded that a meeting broke off",
    "meeting.agencies_chosen": "Chose the agencies of a meeting",
    "meeting.agency_called": "Telephoned an agency about a meeting",
    "meeting.agency_invited_again": "Invited an agency again that was stood down",
    "meeting.agency_stood_down": "Stood an agency down",
    "meeting.cancelled": "Cancelled a meeting",
    "meeting.cases_chosen": "Chose the cases of a meeting",
    "meeting.changed": "Changed a meeting",
    "meeting.held": "Recorded that a meeting was held",
    "meeting.not_held": "Took back that a meeting was held",
    "meeting.invitations_sent": "Sent the invitations to a meeting",
    "meeting.postponed": "Postponed a meeting",
    "meeting.set_up": "Set up a meeting",
    "message.resent": "Sent an email again",
    "notification.sent": "Told an agency of a case",
    "notification.withdrawn": "Withdrew the notification of an agency",
    "notification.opened_again": "Opened the notification of an agency again",
    "notification.viewed": "Looked at a case that the agency was told of",
    "notification.exported": "Downloaded the warning-flag details of a case",
    "notification.checked": "Recorded the agency's own check of a case",
    "notification.chased": "Chased the check of a case",
    "notification.worker_invited": "Invited the worker whom an agency named",
    "minutes.approved": "Approved minutes",
    "minutes.downloaded": "Downloaded minutes",
    "minutes.drafted": "Made minutes from the records",
    "minutes.issued": "Issued minutes",
    "minutes.viewed": "Looked at minutes",
    "organisation.added": "Added an organisation",
    "organisation.coverage_changed": "Changed which boroughs an organisation covers",
    "organisation.grades_changed": "Changed which grades count for an agency",
    "organisation.reach_changed": "Changed how a MAPPA unit is reached",
    "organisation.renamed": "Renamed an organisation",
    "paper_copy.chased": "Reminded of a paper copy that is overdue",
    "paper_copy.issued": "Issued a paper copy",
    "paper_copy.not_returned": "Took back that a paper copy was returned",
    "paper_copy.printed": "Printed a paper copy",
    "paper_copy.returned": "Ticked off a paper copy that came back",
    "out_of_area.asked": "Asked for an out-of-area check",
    "out_of_area.endorsed": "Endorsed an out-of-area check",
    "out_of_area.withdrawn": "Withdrew an out-of-area check",
    "out_of_area.passed_on": "Passed an out-of-area check on",
    "out_of_area.refused": "Refused an out-of-area check",
    "out_of_area.answered": "Recorded the answer to an out-of-area check",
    "out_of_area.viewed": "Looked at an out-of-area check",
    "person.searched": "Looked for a person among the cases",
    "protocol.drafted": "Gave a borough its copy of a protocol",
    "protocol.replaced": "Ended a protocol because another took its place",
    "protocol.withdrawn": "Withdrew a protocol",
    "protocol_clause.added": "Added a clause to a protocol",
    "protocol_clause.edited": "Changed a clause of a protocol",
    "protocol_clause.removed": "Removed a clause from a protocol",
    "protocols.exported": "Exported the list of protocols",
    "recovery_codes.downloaded": "Downloaded recovery codes",
    "recovery_codes.made": "Made new recovery codes",
    "recovery_codes.shown": "Looked at recovery codes",
    "referral.accepted": "Accepted a referral",
    "referral.attached": "Added a file to a referral",
    "referral.attachment_read": "Opened a file of a referral",
    "referral.declined": "Declined a referral",
    "referral.detached": "Removed a file from a referral",
    "referral.endorsed": "Endorsed a referral",
    "referral.filled_in": "Filled in a section of a referral",
    "referral.link_undone": "Undid the link of a referral to a case",
    "referral.returned": "Wanted more information on a referral",
    "referral.started": "Started a referral",
    "referral.submitted": "Sent a referral to the MAPPA unit",
    "referral.viewed": "Looked at a referral",
    "referral.withdrawn": "Withdrew a referral",
    "referrals.released": "Released figures of referrals for wide use, small numbers hidden",
    "referrals.exported": "Exported figures of referrals",
    "reply.recorded": "Replied to an invitation",
    "review.called_early": "Called an early review",
    "review.completed": "Completed a review",
    "review.started": "Started a review",
    "round.due_changed": "Changed the day on which data returns are due",
    "round.exported": "Exported how far the data returns are",
    "round.opened": "Opened the data returns of all boroughs",
    "round.went_on": "Opened the data returns of more boroughs",
    "series.started": "Started a series of meetings",
    "series.stopped": "Stopped a series of meetings",
    "settings.changed": "Changed how the area works",
    "standing_invitees.changed": "Changed which agencies are always invited",
    "template.clauses_locked": "Locked or unlocked clauses of a template",
    "template.draft_discarded": "Discarded a draft of a template",
    "template.imported": "Imported a template",
    "template.published": "Published a template",
    "template.renamed": "Renamed a template",
    "template.version_started": "Started the next version of a template",
    "transfer.accepted": "Accepted the transfer of a case",
    "transfer.offered": "Offered the transfer of a case",
    "transfer.refused": "Refused the transfer of a case",
    "transfer.viewed": "Looked at a hand-over",
    "transfer.withdrawn": "Withdrew the offer of a transfer",
    "user.created": "Made an account",
    "user.device_signed_out": "Signed a device out",
    "user.disabled": "Disabled an account",
    "user.edited": "Changed an account",
    "user.enabled": "Enabled an account",
    "user.invited": "Invited a person",
    "user.other_devices_signed_out": "Signed all other devices out",
    "user.password_changed": "Changed a password",
    "user.recovery_requested": "Asked for a new password",
    "user.second_factor_reset": "Reset a second factor",
    "user.sign_in_failed": "Failed to sign in",
    "user.signed_in": "Signed in",
    "user.signed_out": "Signed out",
    "version.approved": "Approval of a version was complete",
    "version.came_into_force": "Brought a version into force",
    "version.discarded": "Discarded a draft",
    "version.signed": "Signed a version",
    "version.started": "Started the next version",
    "version.submitted": "Submitted a version",
}
PERSONAL = {
    "accounts.user",
    "referrals.case",
    "referrals.referral",
    "referrals.referralsection",
    "referrals.transfer",
    "referrals.referralattachment",
    "meetings.contact",
    "meetings.notification",
    "referrals.outofareacheck",
}  # kinds of record whose values are shown to nobody, only that they changed
SEALED = {"meetings.discussion": "text"}  # how a kind of record says that there is a text, and not which
LABELS = {
    "due_on": "Due",
    "level_since": "Since",
    "next_review_on": "Next review",
    "risk_of_harm": "Risk of serious harm",
    "information": "Information from the agencies",
    "children": "Children and safeguarding",
    "risk": "Risk assessment",
    "plan": "Risk management plan",
    "level_reason": "Why this level",
    "dissent": "Differing views",
}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def action_in_words(event_name: str) -> str:
    """What is not in the list reads as it is named: "plan.written_off" is "Plan written off"."""
    return ACTIONS.get(event_name) or event_name.replace(".", " ").replace("_", " ").capitalize()


def actor_of(event: Event) -> str:
    return event.actor.name if event.actor else "The portal"


NAMED = ("accounts.user", "boards.appointment", "boards.organisation", "boards.areasettings")


def subjects_of(events: Iterable[Event]) -> dict[int, str]:
    """What each is about, by event: a name, a reference, else the kind of thing. One query for each kind of name."""
    shown = list(events)
    named = {kind: _named(kind, {e.subject_id for e in shown if e.subject_kind == kind}) for kind in NAMED}
    return {e.pk: named.get(e.subject_kind, {}).get(e.subject_id) or e.reference or _kind(e) for e in shown}


def _named(kind: str, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    found = apps.get_model(kind)._default_manager.filter(pk__in=ids)
    if kind == "boards.appointment":
        found = found.select_related("user", "organisation")
    if kind == "boards.areasettings":
        found = found.select_related("territory")
    return {one.pk: str(one) for one in found}


def _kind(event: Event) -> str:
    try:
        return upper_first(apps.get_model(event.subject_kind)._meta.verbose_name)
    except (LookupError, ValueError):
        return ""


def changes_of(event: Event) -> Iterator[tuple[str, str, str]]:
    """Field, before, after, in words; from the row beside the event, which may have been erased."""
    row = next(iter(event.changes.all()), None)
    for name in event.fields:
        label = _label(event.subject_kind, name)
        if event.subject_kind in PERSONAL or row is None:
            yield label, "", "changed" if row else "erased"
        else:
            choices = _choices(event.subject_kind, name)
            before, after = (_text(values.get(name), choices) for values in (row.before, row.after))
            if SEALED.get(event.subject_kind) in (before, after):
                yield label, "", "changed"
            elif before != after:
                yield label, before, after


def _field(kind: str, name: str):
    try:
        return apps.get_model(kind)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist, ValueError):
        return None


def _label(kind: str, name: str) -> str:
    known = LABELS.get(name) or getattr(_field(kind, name), "verbose_name", name.replace("_", " "))
    return upper_first(known)


def _choices(kind: str, name: str) -> dict:
    return dict(getattr(_field(kind, name), "flatchoices", ()))


def _text(value, choices: dict) -> str:
    """As a page writes it: yes and no, labels of choices, days; nothing is an empty text."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(filter(None, (_text(v, choices) for v in value)))
    if isinstance(value, str) and DAY.fullmatch(value):
        return long_date(date.fromisoformat(value))
    return "" if value is None else str(choices.get(value, value))
