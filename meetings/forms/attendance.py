"""One case of a meeting, an agency a question: the grid for small screens."""

from django import forms

from mappa_portal.forms import Form
from meetings.models import Attendance


class CaseAttendanceForm(Form):
    """One case: for each agency that is expected, what became of it."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, parts, revision: int):
        super().__init__(*args, initial={"revision": revision})
        self.parts = parts
        for line, part in parts:
            self.fields[line.key] = forms.ChoiceField(
                label=line.name,
                choices=Attendance.Outcome.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=part.outcome.value,
            )

    def again(self, revision: int) -> "CaseAttendanceForm":
        """The same choices, to be saved over the revision that was shown now."""
        data = self.data.copy()
        data["revision"] = revision
        return CaseAttendanceForm(data, parts=self.parts, revision=revision)
