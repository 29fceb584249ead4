"""What people type on the pages of the room. Who may do it, and when, stands in rules.py."""

from collections.abc import Iterable
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from accounts.second_factor import SecondFactorForm
from boards.models import Territory
from documents.uploads import check_upload
from mappa_portal.forms import DateField, Form
from mappa_portal.words import plural
from protocols.importer import read_protocol
from protocols.models import Approval, TemplateVersion, Version

LEVELS = [(1, "Chapter, like 1"), (2, "Clause, like 1.1"), (3, "Sub-clause, like 1.1.1"), (4, "Fourth level")]
LISTS_HINT = (
    "Leave an empty line between paragraphs."
    " Begin the lines of a list with “- ” for bullets or “1. ” for numbers."
    " Write **two asterisks** around words for bold, *one* for italics; a backslash before a sign shows it as it is."
)
BODY_MAX = 60_000
COMMENT_MAX = 4_000


class Lines(forms.CharField):
    """Text of several lines; browsers send CR LF, which is not part of it. ``limit`` shows no counter."""

    def __init__(self, *, rows: int = 5, limit: int | None = None, **kwargs):
        if limit:
            said = f"{kwargs['label']} must be {limit:,} characters or less"
            kwargs["validators"] = [MaxLengthValidator(limit, said)]
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class TemplateUploadForm(Form):
    file = forms.FileField(
        label="File",
        help_text="A Word document (.docx) or a Markdown file (.md).",
        widget=forms.FileInput(attrs={"accept": ".docx,.md"}),
        error_messages={"required": "Select a file"},
    )
    name = forms.CharField(
        label="Name of the template",
        help_text="Leave empty to use the document's own title."
        " The name of an existing template makes its next version.",
        max_length=160,
        required=False,
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        data = check_upload(file, kinds=("docx", "md"))
        self.cleaned_data["imported"] = read_protocol(data, file.name)
        return file


class RenameForm(Form):
    name = forms.CharField(label="Name of the template", max_length=160)


class ClauseForm(Form):
    """``key`` and ``revision`` say which clause was opened, and what it read then."""

    heading = forms.CharField(label="Heading", max_length=300, error_messages={"required": "Enter a heading"})
    body = Lines(label="Text", help_text=LISTS_HINT, required=False, limit=BODY_MAX, rows=12)
    key = forms.CharField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, clause=None, key: str = "", **kwargs):
        if clause is not None:
            fields = {name: getattr(clause, name) for name in ("heading", "body", "locked", "revision")}
            kwargs["initial"] = {**fields, "key": key, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        if clause is not None:
            self.fields["body"].widget.attrs["rows"] = _rows(clause.body)


def _rows(body: str) -> int:
    """High enough to show the text, low enough to keep the buttons near."""
    return min(max(sum(len(line) // 75 + 1 for line in body.splitlines()) + 3, 8), 28)


class TemplateClauseForm(ClauseForm):
    locked = forms.BooleanField(
        label="The same in every borough",
        help_text="Boroughs cannot change a locked clause.",
        required=False,
    )


class AddClauseForm(Form):
    """``shape`` says what the list looked like when the place was chosen."""

    after = forms.TypedChoiceField(label="Where it goes", coerce=int)
    depth = forms.TypedChoiceField(label="Level", coerce=int, choices=LEVELS, initial=1)
    heading = forms.CharField(label="Heading", max_length=300, error_messages={"required": "Enter a heading"})
    body = Lines(label="Text", help_text=LISTS_HINT, required=False, limit=BODY_MAX, rows=12)
    shape = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        places = [(line.clause.position, f"After {line.title}") for line in lines]
        self.fields["after"].choices = [(0, "At the beginning"), *places]


class CopiesForm(Form):
    which = forms.ChoiceField(
        label="Which boroughs get a draft?",
        choices=[("all", "All boroughs"), ("some", "The boroughs I tick below")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select which boroughs get a draft"},
    )
    boroughs = forms.ModelMultipleChoiceField(
        label="Boroughs",
        queryset=Territory.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args, area: Territory, taken: Iterable[int] = (), **kwargs):
        """``taken`` are the boroughs that have a copy already."""
        super().__init__(*args, **kwargs)
        boroughs = area.children.filter(kind=Territory.Kind.BOROUGH).exclude(pk__in=taken)
        self.fields["boroughs"].queryset = boroughs
        self.fields["boroughs"].to_field_name = "slug"
        others = " without a copy" if taken else ""
        self.fields["which"].choices = [
            ("all", f"All {plural(boroughs.count(), 'borough')}{others}"),
            ("some", "The boroughs I tick below"),
        ]

    def clean(self):
        if self.cleaned_data.get("which") == "some" and not self.cleaned_data.get("boroughs"):
            self.add_error("boroughs", "Select at least one borough")

    @property
    def chosen(self) -> list[Territory]:
        if self.cleaned_data["which"] == "all":
            return list(self.fields["boroughs"].queryset)
        return list(self.cleaned_data["boroughs"])


class DecisionForm(Form):
    decision = forms.ChoiceField(
        label="Does your body approve this version?",
        choices=[(Approval.Decision.APPROVED, "Approve"), (Approval.Decision.CHANGES, "Ask for changes")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select if you approve this version"},
    )
    decided_on = DateField(
        label="Date of the decision",
        error_messages={"required": "Enter the date of the decision"},
        help_text="The day on which your body decided, like 27 3 2026. It may be a weekend.",
    )
    comment = Lines(
        label="Comment",
        help_text="Needed when you ask for changes: name the clause and what it should say.",
        required=False,
        limit=COMMENT_MAX,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        wanted = self.cleaned_data.get("decision") == Approval.Decision.CHANGES
        if wanted and not self.cleaned_data.get("comment", "").strip() and "comment" not in self.errors:
            self.add_error("comment", "Enter what should change")


class BulkApprovalForm(Form):
    approvals = forms.MultipleChoiceField(
        label="Protocols",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one protocol"},
    )
    decided_on = DateField(
        label="Date of the decision",
        error_messages={"required": "Enter the date of the decision"},
        help_text="One date for all that you tick, like 27 3 2026. It may be a weekend.",
    )

    def __init__(self, *args, approvals, **kwargs):
        super().__init__(*args, **kwargs)
        self.by_reference = {a.version.reference: a for a in approvals}
        self.fields["approvals"].choices = [(name, name) for name in self.by_reference]

    @property
    def chosen(self) -> list[Approval]:
        return [self.by_reference[name] for name in self.cleaned_data["approvals"]]


class CorrectDateForm(Form):
    decided_on = DateField(
        label="Date of the decision",
        error_messages={"required": "Enter the date of the decision"},
        help_text="The day on which your body decided, like 27 3 2026.",
    )
    reason = Lines(
        label="Why is it corrected?",
        help_text="For example: the minutes give another day.",
        max_length=300,
        rows=3,
        error_messages={"required": "Enter why the date is corrected"},
    )


SIGN_BOTH = "Select both statements to sign"


class SignForm(SecondFactorForm):
    read = forms.BooleanField(required=False)
    bind = forms.BooleanField(required=False)
    opened = forms.CharField(widget=forms.HiddenInput)

    field_order = ["read", "bind", "code", "opened"]

    def __init__(self, *args, statements: tuple[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["read"].label, self.fields["bind"].label = statements

    def clean(self):
        if not (self.cleaned_data.get("read") and self.cleaned_data.get("bind")):
            self.add_error("bind" if self.cleaned_data.get("read") else "read", SIGN_BOTH)


class SubmitForm(Form):
    """``looked_at`` is asked for while something in the text looks unfinished."""

    looked_at = forms.BooleanField(
        label="I have looked at these, and they may stay as they are",
        error_messages={"required": "Confirm that what is listed may stay, or change the clauses first"},
    )


class NextVersionForm(Form):
    base = forms.ChoiceField(
        label="Which text does it start from?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select which text the next version starts from"},
    )

    def __init__(self, *args, version: Version, newer: TemplateVersion, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["base"].choices = [
            ("same", f"The text of version {version.number}"),
            (
                "newer",
                f"The area's newer template, version {newer.number}, keeping this borough's own wording",
            ),
        ]


class ReasonForm(Form):
    reason = Lines(label="Reason", max_length=300, rows=3)

    def __init__(self, *args, label: str, help_text: str = "", wanted: str, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text = label, help_text
        field.error_messages["required"] = wanted


class CompleteReviewForm(Form):
    on = DateField(
        label="Date completed", error_messages={"required": "Enter the date when the review was completed"}
    )
    counts_as_full = forms.BooleanField(
        label="This early review covered everything that the regular review covers",
        help_text="The regular review then counts as done, and the next date follows from this one.",
        required=False,
    )

    def __init__(self, *args, review, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        if review.kind != review.Kind.EARLY:
            del self.fields["counts_as_full"]

    def clean_on(self) -> date:
        if self.cleaned_data["on"] > self.today:
            raise ValidationError("Date completed must be today or in the past")
        return self.cleaned_data["on"]


class CompareForm(Form):
    a = forms.TypedChoiceField(label="Earlier version", coerce=int)
    b = forms.TypedChoiceField(label="Later version", coerce=int)

    def __init__(self, *args, versions, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(v.number, f"Version {v.number}: {v.get_status_display().lower()}") for v in versions]
        self.fields["a"].choices = self.fields["b"].choices = choices


DUE = {
    "overdue": "Overdue",
    "3": "In the next 3 months",
    "12": "In the next 12 months",
    "none": "No date yet",
}


class FilterForm(Form):
    borough = forms.ChoiceField(required=False)
    status = forms.ChoiceField(
        required=False, choices=[("", "All"), *Version.Status.choices, ("changes", "Changes wanted")]
    )
    due = forms.ChoiceField(label="Review", required=False, choices=[("", "Any date"), *DUE.items()])

    def __init__(self, *args, boroughs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["borough"].choices = [("", "All"), *((t.slug, t.name) for t in boroughs)]
