"""Deciding on a referral."""

from django import forms

from mappa_portal.forms import Form
from referrals.finding import Match
from referrals.models import Case, Referral

Outcome = Referral.Outcome
NEW = "new"
ACCEPTED = (Outcome.LEVEL_2, Outcome.LEVEL_3)


class ScreenForm(Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="What do you decide?",
        choices=[
            (Outcome.LEVEL_2, "Accept at Level 2"),
            (Outcome.LEVEL_3, "Accept at Level 3"),
            (Outcome.LEVEL_1, "Level 1 is enough"),
            (Outcome.MORE, "More information is wanted"),
            (Outcome.DECLINED, "Decline for another reason"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select a decision"},
    )
    reason = forms.CharField(
        label="Reason, or what information is wanted",
        help_text="The referrer reads it",
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": "Enter the reason"},
    )

    def __init__(self, *args, referral: Referral, matches: list[Match], **kwargs):
        kwargs["initial"] = {"revision": referral.revision}
        super().__init__(*args, **kwargs)
        self.matches = {match.case.reference: match for match in matches}
        if self.matches:
            known = [(r, f"Case {r}: the same {', '.join(m.by)}") for r, m in self.matches.items()]
            self.fields["case"] = forms.ChoiceField(
                label="Which case is it, if you accept?",
                help_text="These cases may be about the same person",
                choices=[*known, (NEW, "A new case: it is another person")],
                widget=forms.RadioSelect,
                required=False,
            )

    def clean(self):
        data = super().clean()
        if self.matches and data.get("outcome") in ACCEPTED and not data.get("case"):
            self.add_error("case", "Select which case it is, or a new case")
        return data

    @property
    def case(self) -> Case | None:
        chosen = self.cleaned_data.get("case") or NEW
        return None if chosen == NEW else self.matches[chosen].case


class UndoLinkForm(Form):
    reason = forms.CharField(
        label="Why is the link undone?",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Enter why the link is undone"},
    )
