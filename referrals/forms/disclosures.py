"""What opens a disclosure and what is proposed: one topic a page."""

from datetime import date

from django import forms

from boards.directory import organisations_covering
from boards.models import Organisation
from mappa_portal.forms import DateField, Form
from referrals.disclosing.checks import BASIS, SCHOOL, days, recipients, tellers
from referrals.disclosing.ledger import OPENING, Kind
from referrals.disclosing.terms import AT_SCHOOL, CIRCUMSTANCES, GROUNDS, ROLES, SCHEMES, bases_on

YES_NO = [("yes", "Yes"), ("no", "No")]
OPTIONAL = " (optional)"
AS_BOOLEAN = {"yes": True, "no": False, "": None}


def words(label: str, missing: str = "", *, hint: str = "", rows: int = 3, most: int = 2000):
    """``missing`` is what is said without an answer; without it, none is needed."""
    return _typed(label, missing, hint, most, forms.Textarea({"rows": rows}))


def line(label: str, missing: str = "", *, hint: str = ""):
    return _typed(label, missing, hint, 200, forms.TextInput({"autocomplete": "off"}))


def _typed(label: str, missing: str, hint: str, most: int, widget):
    asked = label.removesuffix(OPTIONAL)
    said = {"required": missing, "max_length": f"Answer to ‘{asked}’ must be {most:,} characters or less"}
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        required=bool(missing),
        widget=widget,
        error_messages=said,
    )


def one_of(label: str, choices, missing: str = "", *, hint: str = ""):
    wrong = missing or f"Select an answer to ‘{label}’"
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=hint,
        required=bool(missing),
        widget=forms.RadioSelect,
        error_messages={"required": wrong, "invalid_choice": wrong},
    )


def yes_no(label: str, missing: str = "", *, hint: str = ""):
    return one_of(label, YES_NO, missing, hint=hint)


class Body(forms.ModelChoiceField):
    """An organisation of the borough's directory, named by slug."""

    def __init__(self, label: str, missing: str):
        said = {"required": missing, "invalid_choice": missing}
        super().__init__(
            Organisation.objects.none(),
            to_field_name="slug",
            label=label,
            error_messages=said,
            empty_label="Select",
        )


class EntryForm(Form):
    """``pages``: title and fields of each. ``place`` is the disclosure, or the case when one is opened."""

    kind = ""
    title = ""
    button = "Record"
    pages: tuple[tuple[str, tuple[str, ...]], ...] = ()
    flags: tuple[str, ...] = ()  # answered by yes or no
    apart: tuple[str, ...] = ("happened_on", "organisation", "code")  # not part of what was said

    happened_on = DateField(label="Date", error_messages={"required": "Enter the date"})

    def __init__(self, *args, place, today: date, **kwargs):
        self.place, self.today = place, today
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """What may be chosen, for this place and day."""

    @property
    def day(self):
        """The day as typed, if it is one; what is offered depends on it."""
        typed = self["happened_on"].value() if self.is_bound else None
        try:
            return self.fields["happened_on"].clean(typed) or self.today
        except forms.ValidationError:
            return self.today

    def clean(self):
        data = super().clean()
        if self.on:
            state = None if self.kind in OPENING else self.place.state
            self.refuse(days(state, self.kind, self.on, data, self.today))
        return data

    def refuse(self, found) -> None:
        for name, text in found:
            if name not in self.errors:
                self.add_error(name, text)

    @property
    def on(self):
        return self.cleaned_data.get("happened_on")

    @property
    def organisation(self):
        return self.cleaned_data.get("organisation")

    @property
    def said(self) -> dict:
        given = {n: v for n, v in self.cleaned_data.items() if n not in self.apart}
        return given | {name: AS_BOOLEAN[given.get(name) or ""] for name in self.flags}


class RecipientFields(Form):
    recipient = line("Name", "Enter who would be told", hint="It goes under seal and into no list")
    role = one_of("Who is this?", list(ROLES.items()), "Select who this is")


class BasisFields(Form):
    bases = forms.MultipleChoiceField(
        label="Legal basis",
        help_text="Those that were in force on the date you gave. Select all that apply",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": BASIS,
            "invalid_choice": "Select a legal basis that was in force on that day",
        },
    )


class RequestForm(EntryForm):
    kind, title = Kind.REQUEST, "Record a request or question"
    pages = (
        ("Who asked, and why?", ("happened_on", "asked_by", "why")),
        ("Why might somebody be told?", ("circumstances", "at_risk")),
        (
            "Section 327A",
            ("child_sex_offender", "presumption_a", "presumption_b", "consideration"),
        ),
    )
    flags = ("child_sex_offender", "presumption_a", "presumption_b")

    asked_by = line(
        "Who asked?",
        "Enter who asked",
        hint="Or the agency that raised it: section 327A applies with or without a request",
    )
    why = words("Why?", "Enter why it was asked")
    circumstances = forms.MultipleChoiceField(
        label="Circumstances",
        help_text="Select all that apply",
        choices=list(CIRCUMSTANCES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select the circumstances"},
    )
    at_risk = words("Who is at risk?", "Enter who is at risk", hint="People or groups, and of what")
    child_sex_offender = yes_no(
        "Is the person a child sex offender?",
        "Select yes if the person is a child sex offender",
        hint="Then section 327A of the Criminal Justice Act 2003 asks you to consider disclosure",
    )
    presumption_a = yes_no(
        "Is there a risk of serious harm to particular children, or children of a description?"
    )
    presumption_b = yes_no("Is telling this member of the public necessary to protect them?")
    consideration = words("What was considered under section 327A, and with what result? (if it applies)")

    def clean(self):
        data = super().clean()
        if data.get("child_sex_offender") == "yes":
            for name, text in (
                ("presumption_a", "Select yes if there is a risk of serious harm to particular children"),
                ("presumption_b", "Select yes if disclosure is necessary to protect them"),
                ("consideration", "Enter what was considered under section 327A"),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return data


class OutsideForm(RecipientFields, BasisFields, EntryForm):
    kind, title = Kind.OUTSIDE, "Record a disclosure made outside a meeting"
    pages = (
        ("Who disclosed, and when?", ("organisation", "happened_on")),
        ("Who was told?", ("recipient", "role")),
        ("What was said?", ("information", "bases", "why_not_panel")),
    )
    organisation = Body("Agency that made the disclosure", "Select the agency that made the disclosure")
    information = words("What exactly was said?", "Enter what exactly was said")
    why_not_panel = words(
        "Why did this not go through the panel?", "Enter why this did not go through the panel"
    )
    field_order = ("organisation", "happened_on")

    def prepare(self):
        self.fields["organisation"].queryset = _agencies(self.place)
        self.fields["bases"].choices = _bases(self.day)

    @property
    def said(self):
        said = super().said
        told = {"name": said.pop("recipient"), "role": said.pop("role")}
        return said | {"recipients": [told]}


class SchemeForm(EntryForm):
    kind, title = Kind.SCHEME, "Note an application under a police scheme"
    pages = (("Which scheme, and when?", ("scheme", "happened_on", "source")),)
    scheme = one_of("Scheme", list(SCHEMES.items()), "Select the scheme")
    source = line(
        "How did the unit hear of it?",
        "Enter how the unit heard of it",
        hint="The police run both schemes. Record their dates and outcome, not the application itself",
    )


class ProposalForm(BasisFields, EntryForm):
    kind, title, button = Kind.PROPOSAL, "Propose disclosure", "Send to the MAPPA chair"
    pages = (
        ("Who would be told?", ("happened_on", "recipient", "role", "recipient_2", "role_2")),
        ("What would they be told?", ("information", "limits")),
        ("Is it necessary and proportionate?", ("ground", "necessity", "proportionality", "alternatives")),
        ("On what legal basis?", ("bases",)),
        (
            "How would it be done?",
            ("deliverer", "conditions", "tell_person", "tell_person_reason"),
        ),
    )
    flags = ("tell_person",)

    recipient = line("Name", "Enter who would be told", hint="It goes under seal and into no list")
    role = one_of("Who is this?", list(ROLES.items()), "Select who this is")
    recipient_2 = line("Name of a second person (optional)")
    role_2 = forms.ChoiceField(
        label="Who is the second person? (optional)",
        required=False,
        error_messages={"invalid_choice": "Select who the second person is"},
    )
    information = words("What exactly would be said?", "Enter what exactly would be said")
    limits = words("What would not be said?", "Enter what would not be said")
    ground = one_of(
        "Outside statutory agencies, disclosure is made",
        [(code, text) for code, text in GROUNDS.items()],
        "Select why disclosure is made",
    )
    necessity = words("Why is disclosure necessary?", "Enter why disclosure is necessary")
    proportionality = words("Why is it proportionate?", "Enter why disclosure is proportionate")
    alternatives = words(
        "Which alternatives were considered?",
        "Enter which alternatives were considered",
        hint="And why they do not suffice",
    )
    deliverer = Body("Who would disclose?", "Select who will disclose")
    conditions = words("Conditions for the recipient (optional)")
    tell_person = yes_no(
        "Will the person be told about the disclosure?", "Select yes if the person will be told"
    )
    tell_person_reason = words("If not, why not?")

    def prepare(self):
        at_school = self.place.state.at_school
        roles = [(code, name) for code, name in ROLES.items() if not at_school or code in AT_SCHOOL]
        self.fields["role"].choices = roles
        self.fields["role_2"].choices = [("", "None"), *roles]
        if at_school:
            self.fields["recipient"].help_text = SCHOOL
        self.fields["bases"].choices = _bases(self.day)
        self.fields["deliverer"].queryset = _among(tellers(self.place))

    def clean(self):
        data = super().clean()
        if bool(data.get("recipient_2")) != bool(data.get("role_2")):
            missing = "role_2" if data.get("recipient_2") else "recipient_2"
            self.add_error(missing, "Enter name and role of the second person, or neither")
        if data.get("recipient") and data.get("role"):
            self.refuse(recipients(self.told))
        if data.get("tell_person") == "no" and not data.get("tell_person_reason"):
            self.add_error("tell_person_reason", "Enter why the person will not be told")
        return data

    @property
    def told(self) -> list[dict]:
        data = self.cleaned_data
        both = ({"name": data.get(f"recipient{n}"), "role": data.get(f"role{n}")} for n in ("", "_2"))
        return [each for each in both if each["name"]]

    @property
    def said(self):
        said = super().said
        for name in ("recipient", "role", "recipient_2", "role_2"):
            said.pop(name)
        return said | {"recipients": self.told, "deliverer": str(said["deliverer"])}


def _agencies(place):
    return organisations_covering([place.territory]).filter(kind=Organisation.Kind.AGENCY)


def _among(organisations):
    return Organisation.objects.filter(pk__in=[o.pk for o in organisations]).order_by("name")


def _bases(day):
    return [(basis.code, basis.name) for basis in bases_on(day)]
