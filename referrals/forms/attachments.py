from django import forms

from documents.uploads import check_upload, kind_of
from mappa_portal.forms import Form
from referrals.actions.attachments import KINDS, MOST_BYTES


class AttachmentForm(Form):
    file = forms.FileField(
        label="File",
        help_text=f"PDF, Word (.docx), PNG or JPEG, smaller than {MOST_BYTES // 2**20} MB",
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.png,.jpg,.jpeg"}),
        error_messages={"required": "Select a file", "empty": "The file is empty. Select a file"},
    )
    what = forms.CharField(
        label="What is it?",
        max_length=120,
        help_text="Like: OASys assessment of May 2026",
        error_messages={"required": "Enter what the file is"},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        self.content = check_upload(file, kinds=KINDS)
        return file

    @property
    def values(self) -> dict:
        file = self.cleaned_data["file"]
        said = {"name": file.name, "what": self.cleaned_data["what"]}
        return {"data": self.content, "kind": kind_of(file), **said}


class DetachForm(Form):
    pass
