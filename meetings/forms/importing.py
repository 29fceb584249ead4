"""Handing in an attendance file."""

from django import forms

from documents.uploads import check_upload
from mappa_portal.forms import Form
from mappa_portal.words import plural
from meetings.attendance_file import FileRefused, read


class ImportForm(Form):
    """Reads the file; what is wrong in it stands in ``faults``, line by line."""

    file = forms.FileField(
        label="Attendance file",
        help_text="A CSV file with one row for each meeting, case and agency.",
        error_messages={"required": "Select a CSV file", "empty": "The file is empty. Select a CSV file"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.faults = []

    def clean_file(self):
        file = self.cleaned_data["file"]
        data = check_upload(file, kinds=["csv"])
        try:
            self.cleaned_data |= {"rows": read(data), "data": data}
        except FileRefused as refused:
            self.faults = refused.faults
            raise forms.ValidationError(
                f"{plural(len(self.faults), 'fault')} in the file, listed below. Nothing was imported"
            ) from None
        return file
