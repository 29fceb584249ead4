"""A copy is issued; copies come back."""

from django import forms

from mappa_portal.forms import DateField, Form


class IssueForm(Form):
    holder = forms.CharField(
        label="Who will hold this copy?",
        max_length=80,
        error_messages={"required": "Enter who will hold this copy"},
        help_text="A named person, for example the head of a service",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    issued_on = DateField(label="Date issued", error_messages={"required": "Enter the date issued"})
    due_on = DateField(label="Date due back", error_messages={"required": "Enter the date due back"})


class TakeInForm(Form):
    copies = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Select copies from the list"},
    )
    returned_on = DateField(label="Date returned", error_messages={"required": "Enter the date returned"})

    def __init__(self, data=None, *, copies, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["copies"].choices = [(str(copy.number), str(copy)) for copy in copies]
