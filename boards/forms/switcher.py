from django import forms

from mappa_portal.forms import Form

ALL = "all your boroughs"


class SwitchForm(Form):
    borough = forms.ChoiceField(
        label="Borough",
        required=False,
        help_text="Lists begin with it and forms are filled in with it. You can still see all your boroughs.",
    )

    def __init__(self, *args, boroughs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["borough"].choices = [("", ALL.capitalize()), *((b.slug, b.name) for b in boroughs)]

    @property
    def name_chosen(self) -> str:
        slug = self.cleaned_data["borough"]
        return dict(self.fields["borough"].choices)[slug] if slug else ALL
