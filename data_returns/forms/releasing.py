"""What is out cannot be called back, so it is looked at before."""

from django import forms


class ReleaseForm(forms.Form):
    """``number``: the version that was looked at."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    looked = forms.BooleanField(
        label="I have looked at what others will read, and it may be released.",
        error_messages={"required": "Select that you have looked at what others will read"},
    )
