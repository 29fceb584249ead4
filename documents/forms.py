from django import forms

from documents.look_up import CODE, as_printed
from documents.uploads import check_size
from mappa_portal.forms import Form

NO_SUCH_CODE = "No signature has this code. Check the last page of the copy"


class CodeForm(Form):
    code = forms.CharField(
        label="Verification code",
        max_length=60,
        help_text="It is on the last page of the document, like LON-7KQ2-M4TX-9HVB-2CDP.",
        error_messages={"required": "Enter the verification code"},
    )

    def clean_code(self):
        code = as_printed(self.cleaned_data["code"])
        if not CODE.fullmatch(code):
            raise forms.ValidationError(NO_SUCH_CODE)
        return code


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
