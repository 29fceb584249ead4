"""One case of a meeting, an agency a question: the grid for small screens."""

from django import forms

from mappa_portal.forms import Form
from meetings.grid import GRADES, MODES, Line
from meetings.models import Attendance

Outcome = Attendance.Outcome
ROLES = {Outcome.ATTENDED.value: False, Outcome.SUBSTITUTE.value: True}


class CaseAttendanceForm(Form):
    """One case: for each agency that is expected, what became of it, and at which seniority who came."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, parts, revision: int):
        super().__init__(*args, initial={"revision": revision})
        self.parts = parts
        for line, part in parts:
            self.fields[line.key] = forms.ChoiceField(
                label=line.name,
                choices=Outcome.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=part.outcome.value,
            )
            for role, person in line.people.items():
                who, prefix = "substitute" if role else "representative", line.prefix(role)
                self.fields[f"{prefix}.grade"] = _select(f"Seniority of the {who}", GRADES, person.grade)
                self.fields[f"{prefix}.mode"] = _select(f"How the {who} attended", MODES, person.mode)

    @property
    def questions(self) -> list[tuple]:
        """Each agency's, with its options and the fields that an option opens."""
        return [(self[line.key], self._options(line)) for line, _ in self.parts]

    def _options(self, line: Line) -> list[tuple]:
        return [(option, self._about(line, option.data["value"])) for option in self[line.key]]

    def _about(self, line: Line, outcome: str) -> list:
        if outcome not in ROLES:
            return []
        prefix = line.prefix(ROLES[outcome])
        return [self[f"{prefix}.grade"], self[f"{prefix}.mode"]]

    def again(self, revision: int) -> "CaseAttendanceForm":
        """The same choices, to be saved over the revision that was shown now."""
        data = self.data.copy()
        data["revision"] = revision
        return CaseAttendanceForm(data, parts=self.parts, revision=revision)


def _select(label: str, choices, known) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, initial=known or "")
