from django import forms

from documents.uploads import check_size
from mappa_portal.forms import Form


class CodeForm(Form):
    code = forms.CharField(
        label="Verification code",
        max_length=24,
        help_text="It is on the last page of the document, like LON-7KQ2-M4TX-9HVB-2CDP.",
        error_messages={"required": "Enter the verification code"},
    )


class FileForm(Form):
    file = forms.FileField(
        label="The PDF file",
        help_text="We compare it byte by byte and do not keep it.",
        error_messages={"required": "Select the PDF file", "empty": "The file is empty. Select the PDF file"},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        check_size(file, "No signed document is larger")
        return file
