"""An area's own form as a whole: what it starts from, its title and notes, its first year."""

from collections.abc import Iterable

from django import forms

from data_returns.models import Edition
from data_returns.years import in_words
from mappa_portal.forms import Form

TITLE = "Title"


class LinesField(forms.CharField):
    """One thing on each line; each once."""

    def __init__(self, *, longest: int, hint: str = "", rows: int = 4, most: int = 20, **kwargs):
        self.longest, self.most = longest, most
        said = f"One on each line. {hint}" if hint else "One on each line"
        super().__init__(required=False, help_text=said, widget=forms.Textarea({"rows": rows}), **kwargs)

    def clean(self, value) -> tuple[str, ...]:
        lines = (line.strip() for line in super().clean(value).splitlines())
        found = tuple(dict.fromkeys(line for line in lines if line))
        if len(found) > self.most:
            raise forms.ValidationError(f"{self.label} must be {self.most} lines or fewer")
        if any(len(line) > self.longest for line in found):
            raise forms.ValidationError(
                f"{self.label} must be {self.longest} characters or less on each line"
            )
        return found


class StartForm(Form):
    source = forms.ChoiceField(
        label="What does it start from?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what the form starts from"},
    )
    title = forms.CharField(
        label=TITLE, max_length=120, help_text="As it stands above the return and on its PDF"
    )

    def __init__(self, *args, sources: Iterable[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = list(sources)


class DraftForm(Form):
    """``revision``: of the draft that the page shows."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, edition: Edition, **kwargs):
        self.edition = edition
        initial = {"revision": edition.revision, **self.initially(edition), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)

    def initially(self, edition: Edition) -> dict:
        return {}


class AboutForm(DraftForm):
    title = forms.CharField(label=TITLE, max_length=120)
    notes = LinesField(label="Notes", longest=300, hint="They stand before the questions of every return")

    def initially(self, edition: Edition) -> dict:
        return {"title": edition.content["title"], "notes": "\n".join(edition.content["notes"])}


class PublishForm(DraftForm):
    from_year = forms.TypedChoiceField(
        label="From which reporting year is it asked?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Select the reporting year from which it is asked"},
    )

    def __init__(self, *args, years: Iterable[int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["from_year"].choices = [(year, in_words(year)) for year in years]
