"""Deciding on records that are due for review."""

from collections.abc import Mapping, Sequence

from django import forms

from mappa_portal.forms import DateField, Form
from mappa_portal.words import short_date
from referrals.models import Keeping
from referrals.records.kinds import KINDS, Due


class KeepingForm(Form):
    records = forms.MultipleChoiceField(
        label="Records",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select the records that you decide on"},
    )
    outcome = forms.ChoiceField(
        label="What happens to them?",
        choices=[
            (Keeping.Outcome.KEEP, "Keep until a day"),
            (Keeping.Outcome.ERASE, "Erase, when another person has confirmed it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select what happens to them"},
    )
    keep_until = DateField(label="Keep until", help_text="They are due for review again then", required=False)
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Enter the reason"},
    )

    def __init__(self, *args, due: Sequence[Due], packs: Mapping[int, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.due = {each.key: each for each in due}
        self.fields["records"].choices = [
            (
                each.key,
                ". ".join(filter(None, (_named(each), each.kind == "case" and packs.get(each.subject_id)))),
            )
            for each in due
        ]

    def clean(self):
        data = super().clean()
        if (
            data.get("outcome") == Keeping.Outcome.KEEP
            and not data.get("keep_until")
            and "keep_until" not in self.errors
        ):
            self.add_error("keep_until", "Enter until when they are kept")
        return data

    @property
    def chosen(self) -> list[Due]:
        return [self.due[key] for key in self.cleaned_data["records"]]


def _named(each: Due) -> str:
    return f"{KINDS[each.kind].name} {each.reference}, ended {short_date(each.since)}"
