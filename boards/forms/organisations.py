"""The directory: adding, renaming, covering, finding."""

from django import forms

from boards.agencies import AGENCY_TYPES
from boards.forms.fields import GRADES, Boroughs, Grade, RevisedForm
from boards.models import AreaSettings, Organisation, Territory
from mappa_portal.forms import DateField, Form

WHAT = [
    ("board", "Safeguarding board"),
    ("unit", "MAPPA unit of a borough"),
    ("regional_board", "Regional board"),
    ("Agencies", [(f"agency:{code}", kind.name) for code, kind in AGENCY_TYPES.items()]),
]


class OrganisationForm(Form):
    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(label="What it is", choices=[("", "Select"), *WHAT])
    boroughs = Boroughs(
        label="Boroughs it covers",
        required=False,
        help_text="None for a regional board",
    )
    since = DateField(
        label="First day of the name",
        required=False,
        help_text="Leave empty if it is not known. For example, 29 9 2019",
    )

    def __init__(self, *args, area: Territory, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["boroughs"].queryset = area.children.all()

    @property
    def values(self) -> dict:
        kind, _, agency_type = self.cleaned_data["kind"].partition(":")
        return self.cleaned_data | {"kind": kind, "agency_type": agency_type}


class RenameForm(Form):
    name = forms.CharField(label="New name", max_length=120)
    since = DateField(
        label="First day of the name",
        help_text="Records of earlier days keep the name that held then. For example, 29 9 2019",
    )


class CoverageForm(RevisedForm):
    boroughs = Boroughs(
        label="Boroughs it covers",
        help_text="The people in it see what is shared with them in these boroughs, and in no others",
        error_messages={"required": "Select at least one borough"},
    )

    def __init__(self, *args, organisation: Organisation, **kwargs):
        kwargs["initial"] = {
            "revision": organisation.revision,
            "boroughs": [b.slug for b in organisation.boroughs.all()],
        }
        super().__init__(*args, **kwargs)
        self.fields["boroughs"].queryset = organisation.territory.area.children.all()


class GradesForm(RevisedForm):
    level2_grade = Grade(label="Lowest grade that counts at Level 2")
    level3_grade = Grade(label="Lowest grade that counts at Level 3")

    def __init__(self, *args, organisation: Organisation, settings: AreaSettings, **kwargs):
        kwargs["initial"] = {
            "revision": organisation.revision,
            "level2_grade": organisation.level2_grade,
            "level3_grade": organisation.level3_grade,
        }
        super().__init__(*args, **kwargs)
        for name, number in (
            ("level2_grade", settings.level2_grade),
            ("level3_grade", settings.level3_grade),
        ):
            self.fields[name].help_text = f"{settings.territory} has {dict(GRADES)[number]}"


class ReachForm(RevisedForm):
    phone = forms.CharField(
        label="Telephone number",
        max_length=40,
        widget=forms.TextInput({"class": "govuk-input--width-20", "autocomplete": "tel", "type": "tel"}),
    )
    email = forms.EmailField(
        label="Email address", help_text="Of the unit, not of one person", required=False
    )

    def __init__(self, *args, organisation: Organisation, **kwargs):
        kwargs["initial"] = {name: getattr(organisation, name) for name in ("revision", "phone", "email")}
        super().__init__(*args, **kwargs)


class OrganisationFilter(Form):
    q = forms.CharField(label="Name", required=False, max_length=100)
    kind = forms.ChoiceField(label="What it is", required=False)
    borough = forms.ChoiceField(label="Borough", required=False)

    def __init__(self, *args, area: Territory, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "All"), ("smb", "Strategic Management Board"), *WHAT]
        boroughs = area.children.values_list("slug", "name")
        self.fields["borough"].choices = [("", "All"), *boroughs]

    def narrow(self, organisations):
        data = self.cleaned_data if self.is_valid() else {}
        kind, _, agency_type = data.get("kind", "").partition(":")
        if kind:
            organisations = organisations.filter(kind=kind)
        if agency_type:
            organisations = organisations.filter(agency_type=agency_type)
        if data.get("borough"):
            organisations = organisations.filter(coverage__borough__slug=data["borough"])
        for word in data.get("q", "").split():
            organisations = organisations.filter(name__icontains=word)
        return organisations
