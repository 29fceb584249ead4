"""Words that go into a return, or to its board, and must identify nobody (H8)."""

from boards.models import Territory
from data_returns.personal import Known, suspects
from mappa_portal.forms import Form


class ImpersonalForm(Form):
    """``impersonal`` names the fields that are searched, with the names that the borough's register knows."""

    impersonal: tuple[str, ...] = ()

    def __init__(self, *args, borough: Territory, **kwargs):
        self.borough = borough
        super().__init__(*args, **kwargs)

    def clean(self):
        said = super().clean() or self.cleaned_data
        for name in self.impersonal:
            text = said.get(name) or ""
            if words := suspects(text, Known.of(self.borough, [text])):
                self.add_error(name, f"This could identify a person: “{words[0]}”. Say it without")
        return said
