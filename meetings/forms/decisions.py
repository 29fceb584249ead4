"""Forms of what a meeting decided: the record of one case, its actions, the minutes."""

from django import forms

from boards.directory import organisations_covering
from boards.models import AreaSettings, Organisation
from mappa_portal.forms import DateField, Form
from mappa_portal.words import long_date
from meetings.actions.actions import text_of
from meetings.actions.decisions import present_level
from meetings.ages import birth_date_of
from meetings.models import Action, Discussion
from meetings.record import TEXTS, Record
from referrals.actions.levels import ONLY_AT_LEVEL_1
from referrals.clock import due_on
from referrals.endings import MANAGEMENT

LONGEST = 5000
YES_NO = [("yes", "Yes"), ("no", "No")]
EMPTY = Record()
AS_BOOLEAN = {"yes": True, "no": False}
BOOLEAN = {True: "yes", False: "no", None: ""}


def _text(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RecordForm(Form):
    """In the order of the agenda. Only ``complete`` asks for what a finished record needs.

    ``said`` is what somebody looked at; what was sent needs none.
    """

    under_18 = forms.ChoiceField(
        label="Was the person under 18 on the day of the meeting?",
        choices=[*YES_NO, ("", "Not known")],
        widget=forms.RadioSelect,
        required=False,
    )
    information = _text("Information from the agencies")
    victims = _text("Victims")
    children = _text("Children and safeguarding")
    diversity = _text("Diversity")
    risk_of_harm = forms.ChoiceField(
        label="Risk of serious harm",
        choices=Discussion.RiskOfHarm.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    risk = _text("Risk assessment", "Who is at risk, of what, and what makes it more or less likely.")
    disclosure_considered = forms.ChoiceField(
        label="Was disclosure considered?", choices=YES_NO, widget=forms.RadioSelect, required=False
    )
    disclosure = _text("What was decided about disclosure, and why")
    plan = _text("Risk management plan")
    level_decided = forms.TypedChoiceField(
        label="Level decided",
        help_text="The lowest level that can hold the risk.",
        choices=Discussion.DECISIONS,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
    )
    ending = forms.ChoiceField(
        label="Why does active management end?",
        help_text="Only if the case goes down to Level 1. Recalled suspends it: no level holds until release.",
        choices=[("", "It does not end"), *((e.value, e.label) for e in MANAGEMENT)],
        widget=forms.RadioSelect,
        required=False,
    )
    level_reason = _text("Why this level")
    next_review_on = DateField(label="Next review", required=False)
    dissent = _text("Differing views", "Who did not agree, with what, and why.")
    revision = forms.IntegerField(widget=forms.HiddenInput)

    NEEDED = {
        "risk_of_harm": "Select the risk of serious harm",
        "disclosure_considered": "Select yes if disclosure was considered",
        "level_decided": "Select the level decided",
        "level_reason": "Enter why this level is needed",
    }

    def __init__(self, *args, discussion: Discussion, complete: bool = False, said: Record = EMPTY):
        super().__init__(*args, initial=self._known(discussion, said))
        self.complete = complete
        if birth_date_of(discussion.case):
            del self.fields["under_18"]
        held = present_level(discussion)
        if held is None or held.level == 1:
            del self.fields["ending"]
        self.fields["next_review_on"].help_text = _proposals(discussion)

    @staticmethod
    def _known(discussion: Discussion, said: Record) -> dict:
        return {name: getattr(said, name) for name in TEXTS} | {
            "under_18": BOOLEAN[discussion.under_18],
            "risk_of_harm": discussion.risk_of_harm,
            "disclosure_considered": BOOLEAN[discussion.disclosure_considered],
            "level_decided": discussion.level_decided,
            "next_review_on": discussion.next_review_on,
            "revision": discussion.revision,
        }

    def clean(self):
        for name, text in self.NEEDED.items() if self.complete else ():
            if name not in self.errors and self.cleaned_data.get(name) in ("", None):
                self.add_error(name, text)
        if self.cleaned_data.get("ending") and self.cleaned_data.get("level_decided") != 1:
            self.add_error("ending", ONLY_AT_LEVEL_1)
        return self.cleaned_data

    def values(self) -> dict:
        """As the action takes them."""
        asked = self.cleaned_data
        said = Record(**{name: asked[name].strip().replace("\r\n", "\n") for name in TEXTS})
        return {
            "said": said,
            "under_18": AS_BOOLEAN.get(asked.get("under_18")),
            "disclosure_considered": AS_BOOLEAN.get(asked["disclosure_considered"]),
            "ending": asked.get("ending", ""),
            **{n: asked[n] for n in ("risk_of_harm", "level_decided", "next_review_on", "revision")},
        }


def _proposals(discussion: Discussion) -> str:
    settings = AreaSettings.objects.get(territory=discussion.territory.area.pk)
    days = {level: long_date(due_on(level, discussion.meeting.held_on, settings)) for level in (3, 2, 1)}
    listed = ", ".join(f"Level {level} by {day}" for level, day in days.items())
    return f"{listed}. Leave it empty for that day."


class ActionForm(Form):
    text = forms.CharField(
        label="What has to be done, and why",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter what has to be done"},
    )
    agency = forms.ModelChoiceField(
        label="Agency that owns this action",
        queryset=Organisation.objects.none(),
        error_messages={
            "required": "Enter the agency that owns this action",
            "invalid_choice": "Enter the agency that owns this action",
        },
    )
    due_on = DateField(label="Due date", error_messages={"required": "Enter the due date"})
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, discussion: Discussion, action: Action | None = None, text: str = ""):
        known = {}
        if action:
            known = {"text": text, "agency": action.agency_id, "due_on": action.due_on}
            known["revision"] = action.revision
        super().__init__(*args, initial=known)
        kinds = [Organisation.Kind.AGENCY, Organisation.Kind.UNIT]
        covering = organisations_covering([discussion.territory]).filter(kind__in=kinds)
        self.fields["agency"].queryset = covering.order_by("name")


class OutcomeForm(Form):
    status = forms.ChoiceField(
        label="What became of this action?",
        choices=[("done", "Done"), ("dropped", "No longer needed")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select what became of the action"},
    )
    outcome = forms.CharField(
        label="Outcome", max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, as_owner: bool):
        super().__init__(*args)
        if as_owner:
            del self.fields["status"]


class CarryOverForm(Form):
    actions = forms.MultipleChoiceField(
        label="Unfinished actions of earlier meetings",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one action"},
    )
    due_on = DateField(label="New due date", error_messages={"required": "Enter the new due date"})

    def __init__(self, *args, unfinished: list[Action], **kwargs):
        super().__init__(*args, **kwargs)
        self.unfinished = {str(action.pk): action for action in unfinished}
        self.fields["actions"].choices = [(pk, _said(action)) for pk, action in self.unfinished.items()]

    def unasked(self) -> "CarryOverForm":
        """What was chosen so far, while another button than its own was pressed."""
        known = {name: self[name].value() for name in self.fields}
        return CarryOverForm(unfinished=list(self.unfinished.values()), initial=known)

    @property
    def chosen(self) -> list[Action]:
        return [self.unfinished[pk] for pk in self.cleaned_data["actions"]]


def _said(action: Action) -> str:
    when = f"due {long_date(action.due_on)}"
    return f"{text_of(action)} ({action.agency.name}, {when}, {action.discussion.meeting.reference})"


class ActionFilterForm(Form):
    OVERDUE = "overdue"
    status = forms.ChoiceField(
        required=False, choices=[("", "Open"), (OVERDUE, "Overdue"), ("closed", "Closed"), ("all", "All")]
    )


class MinutesForm(Form):
    """A correction says what it corrects."""

    reason = forms.CharField(
        label="What is corrected, and why",
        max_length=300,
        error_messages={"required": "Enter what is corrected, and why"},
        help_text="Do not name the person: every agency reads this.",
    )


class ApproveForm(Form):
    """Asked only where a case stands in the minutes without a decision."""

    undecided = forms.BooleanField(
        label="These cases can stand in the minutes without a decision", required=False
    )
