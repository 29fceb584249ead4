"""What is asked at each later step of a disclosure, a page each."""

from django import forms

from accounts.codes import CodeField
from accounts.second_factor import SecondFactorForm
from mappa_portal.forms import DateField
from mappa_portal.words import long_date
from referrals import rooms
from referrals.disclosing.checks import earliest, tellers
from referrals.disclosing.ledger import DISCLOSE, EMERGENCY, PANEL, REFUSE, Kind, strikable
from referrals.disclosing.terms import ROLES, STEP_NAMES
from referrals.forms.disclosures import (
    Body,
    EntryForm,
    OutsideForm,
    ProposalForm,
    RequestForm,
    SchemeForm,
    _agencies,
    _among,
    line,
    one_of,
    words,
    yes_no,
)


class ViewForm(EntryForm):
    kind, title, button = Kind.VIEW, "Record an agency’s view", "Record view"
    pages = (("", ("organisation", "happened_on", "stance", "reason")),)
    organisation = Body("Agency", "Select the agency")
    stance = one_of(
        "Does the agency support disclosure?",
        [("supports", "Supports it"), ("objects", "Objects")],
        "Select whether the agency supports disclosure",
    )
    reason = words("Reason", "Enter the agency’s reason", hint="Dissent stays in the trail as it was said")
    field_order = ("organisation", "happened_on")

    def prepare(self):
        self.fields["organisation"].queryset = _agencies(self.place)


class HeardFields(EntryForm):
    """The day is that of the meeting: those are offered that were held since what they answer."""

    otherwise = "Put the case on the agenda of the next panel, and record this once that meeting is held."

    meeting = forms.ChoiceField(
        label="Meeting that heard this case",
        error_messages={
            "required": "Select the meeting that heard this case",
            "invalid_choice": "Select the meeting that heard this case",
        },
    )

    def prepare(self):
        self.held = {h.reference: h.held_on for h in rooms.hearings(self.place.case)}
        earlier, what = earliest(self.place.state, self.kind)
        meeting = self.fields["meeting"]
        meeting.choices = [(ref, f"{long_date(day)}, {ref}") for ref, day in self.held.items()]
        offered = [choice for choice in meeting.choices if self.held[choice[0]] >= earlier.on]
        meeting.widget.choices = [("", "Select"), *offered]
        if not offered:
            since = f"No meeting has heard this case since {long_date(earlier.on)}, {what}."
            meeting.help_text = f"{since} {self.otherwise}"
        self.fields["happened_on"].required = False

    @property
    def on(self):
        return self.held.get(self.cleaned_data.get("meeting"))


class DecisionForm(HeardFields, SecondFactorForm):
    kind, title, button = Kind.DECISION, "Decide on disclosure", "Record decision"
    otherwise = "Put the case on the agenda of the next panel, or decide as the chair in an emergency."
    pages = (
        (
            "",
            (
                *("answer", "reasons", "presumption_reason", "route", "meeting", "happened_on"),
                *("emergency_reason", "conditions", "review_on", "code"),
            ),
        ),
    )
    answer = one_of(
        "What is decided?", [(DISCLOSE, "Disclose"), (REFUSE, "Do not disclose")], "Select what is decided"
    )
    reasons = words("Reasons", "Enter the reasons for this decision")
    presumption_reason = words("If not: why is the presumption to disclose not followed?")
    route = one_of(
        "Who decides?",
        [(PANEL, "The panel, at a meeting"), (EMERGENCY, "The chair, in an emergency between panels")],
        "Select who decides",
        hint="The next panel must ratify an emergency decision",
    )
    emergency_reason = words("In an emergency: why can it not wait, and which agencies asked?")
    conditions = words("Conditions (optional)")
    review_on = DateField(
        label="Date of the review", error_messages={"required": "Enter the date of the review"}
    )
    code = CodeField()

    def prepare(self):
        super().prepare()
        self.fields["meeting"].required = False
        self.fields["happened_on"].label = "Date of the decision"
        self.fields["happened_on"].help_text = "In an emergency. A panel decides on the day of its meeting"
        if not self.place.state.presumption:
            del self.fields["presumption_reason"]

    def clean(self):
        data = super().clean()
        if data.get("route") == PANEL and not data.get("meeting"):
            self.add_error("meeting", "Select the meeting that heard this case")
        if (
            data.get("route") == EMERGENCY
            and not data.get("happened_on")
            and "happened_on" not in self.errors
        ):
            self.add_error("happened_on", "Enter the date of the decision")
        return data

    @property
    def on(self):
        data = self.cleaned_data
        return data.get("happened_on") if data.get("route") == EMERGENCY else super().on

    @property
    def said(self):
        said = super().said
        return said | ({"meeting": ""} if said["route"] == EMERGENCY else {"emergency_reason": ""})


class RatificationForm(HeardFields, SecondFactorForm):
    kind, title, button = Kind.RATIFICATION, "Record what the panel answered", "Record answer"
    pages = (("", ("meeting", "ratified", "reason", "code")),)
    flags = ("ratified",)
    ratified = yes_no("Did the panel ratify the decision?", "Select yes if the panel ratified the decision")
    reason = words("Reasons of the panel (needed if it did not)")
    code = CodeField()


class HeardForm(HeardFields):
    kind, title, button = Kind.HEARD, "Record what the panel said", "Record"
    pages = (("", ("meeting", "text")),)
    text = words("What did the panel say?", "Enter what the panel said")


class CarriedOutForm(EntryForm):
    kind, title, button = Kind.CARRIED_OUT, "Record that somebody was told", "Record disclosure"
    pages = (
        (
            "",
            (
                *("organisation", "joint", "recipient", "happened_on", "where", "exact"),
                *("undertaking", "undertaking_reason"),
            ),
        ),
    )
    flags = ("undertaking",)
    organisation = Body("Who disclosed?", "Select who disclosed: only police or probation may")
    joint = line("Together with (optional)", hint="A joint delivery should be considered")
    recipient = forms.TypedChoiceField(
        label="Who was told?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Select who was told", "invalid_choice": "Select who was told"},
    )
    where = line("Where?", "Enter where it was disclosed")
    exact = words("What exactly was said?", "Enter what exactly was said")
    undertaking = yes_no("Did the recipient sign an undertaking?", "Select yes if an undertaking was signed")
    undertaking_reason = words("If not, why not?")

    def prepare(self):
        self.fields["organisation"].queryset = _among(tellers(self.place))
        self.fields["recipient"].choices = [
            (n, f"{each['name']}, {ROLES[each['role']].lower()}") for n, each in self.place.state.untold
        ]

    @property
    def said(self):
        said = super().said
        return said | {"recipients": [self.place.state.recipients[said["recipient"]]]}


class OffenderForm(EntryForm):
    kind, title, button = Kind.OFFENDER, "Record whether the person was told", "Record"
    pages = (("", ("told", "reason", "happened_on")),)
    flags = ("told",)
    told = yes_no("Was the person told about the disclosure?", "Select yes if the person was told")
    reason = words(
        "If not, why not?", hint="As a rule the person is told, unless that adds risk or hinders an inquiry"
    )


class OutcomeForm(EntryForm):
    kind, title, button = Kind.OUTCOME, "Record the outcome", "Record outcome"
    pages = (("", ("text", "happened_on")),)
    text = words("What came of it?", "Enter the outcome")


class ReviewForm(EntryForm):
    kind, title, button = Kind.REVIEW, "Record a review", "Record review"
    pages = (("", ("text", "happened_on", "review_on")),)
    text = words("Result of the review", "Enter the result of the review")
    review_on = DateField(label="Date of the next review", help_text="If there is one", required=False)


class StepForm(EntryForm):
    kind, title, button = Kind.STEP, "Record a step of the scheme", "Record step"
    pages = (("", ("step", "happened_on")),)
    step = one_of("Step", [], "Select a step that is not recorded yet")

    def prepare(self):
        pending = [d.code for d in self.place.state.clocks if d.done_on is None]
        self.fields["step"].choices = [(code, STEP_NAMES[code]) for code in pending]


class CorrectionForm(EntryForm):
    kind, title, button = Kind.CORRECTION, "Correct an entry", "Record correction"
    pages = (("", ("of", "wrong", "instead", "strike", "happened_on")),)
    flags = ("strike",)
    of = forms.TypedChoiceField(
        label="Which entry is wrong?",
        coerce=int,
        error_messages={
            "required": "Select the entry that is wrong",
            "invalid_choice": "Select the entry that is wrong",
        },
    )
    wrong = words("What is wrong in it?", "Enter what is wrong")
    instead = words("What should it say?", "Enter what it should say")
    strike = yes_no(
        "Take the entry out of the count?",
        "Select yes if the entry no longer counts",
        hint="It stays in the trail, marked. The step can then be recorded again",
    )

    def prepare(self):
        kinds = {entry.number: entry.get_kind_display() for entry in self.place.recorded}
        there = [e for e in self.place.lines if e.kind != Kind.CORRECTION]
        choices = [(e.number, f"{e.number}: {kinds[e.number]}") for e in there]
        self.fields["of"].choices = [("", "Select"), *choices]
        if not strikable(self.place.lines):
            self.fields["strike"].initial = "no"


FORMS = {
    form.kind: form
    for form in (
        *(RequestForm, OutsideForm, SchemeForm, ProposalForm, ViewForm, DecisionForm, RatificationForm),
        *(CarriedOutForm, OffenderForm, OutcomeForm, ReviewForm, StepForm, HeardForm, CorrectionForm),
    )
}
