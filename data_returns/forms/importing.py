"""Handing in a return as a file: a workbook, or JSON as the contracts have it."""

import json

from django import forms

from data_returns.content import Content, parse
from data_returns.form import Form as ReturnForm
from data_returns.workbook import Unreadable, read
from documents.uploads import check_upload
from mappa_portal.forms import Form


class ReturnFileForm(Form):
    """What is wrong in the file stands in ``faults``; ``content`` is what it says."""

    file = forms.FileField(
        label="The filled-in file",
        help_text="A workbook (.xlsx) that began as the one above, or a JSON file.",
        error_messages={"required": "Select a file", "empty": "The file is empty. Select a file"},
    )

    def __init__(self, *args, form: ReturnForm, **kwargs):
        super().__init__(*args, **kwargs)
        self.form, self.faults, self.content = form, [], None

    def clean_file(self):
        file = self.cleaned_data["file"]
        data = check_upload(file, kinds=["xlsx", "json"])
        try:
            self.content = read(data, self.form) if file.name.lower().endswith(".xlsx") else self._json(data)
        except Unreadable as unreadable:
            self.faults = unreadable.faults
            raise forms.ValidationError("The file has faults, listed below. Nothing was imported") from None
        return file

    def _json(self, data: bytes) -> Content:
        try:
            said = json.loads(data.decode("utf-8-sig"))
        except ValueError as error:
            raise Unreadable([f"Not JSON: {error}"]) from None
        if not isinstance(said, dict):
            raise Unreadable(["The file must hold one JSON object."])
        content, faults = parse(said, self.form)
        if faults:
            raise Unreadable(faults)
        return content
