"""Forms of the return: the list, the page of one, and how it looks to those who fill it in."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from boards.models import Territory
from data_returns.building.describing import lines_of
from data_returns.building.problems import problems_of
from data_returns.editions import FIRST, PRESENT, SINCE, shipped
from data_returns.form import Form
from data_returns.forms.question import fields_of
from data_returns.models import Edition, Standing
from data_returns.rules import EDITION_RULES
from data_returns.years import in_words
from mappa_portal import forms as govuk
from mappa_portal.templatetags.govuk import tag
from mappa_portal.words import upper_first
from meetings.access import areas_seen_by

COLUMNS = ["Form", "State", "Asked", "Questions", "Returns on it"]
SHIPS = {FIRST: f"until {in_words(SINCE - 1)}", PRESENT: f"from {in_words(SINCE)} on"}


def area_of(request, slug: str) -> Territory:
    found = next((area for area in areas_seen_by(request.user) if area.slug == slug), None)
    if found is None:
        raise Http404
    return found


def seen_edition(request, area: str, slug: str, rule: str = "") -> Edition:
    """One that ships with the portal is there before the area has used it."""
    found = Edition.objects.for_user(request.user).filter(territory__slug=area, slug=slug)
    edition = found.select_related("territory").first()
    if edition is None:
        place = area_of(request, area)
        if slug not in SHIPS:
            raise Http404
        edition = Edition(territory=place, slug=slug, content=shipped(slug), published_on=localdate())
    if rule:
        EDITION_RULES.require(rule, edition, by=request.user)
    return edition


def place(edition: Edition) -> tuple[str, str]:
    """What names it in addresses."""
    return edition.territory.slug, edition.slug


def page_of(edition: Edition) -> str:
    return reverse("data_returns:form", args=place(edition))


@login_required
def forms(request):
    areas = areas_seen_by(request.user)
    if not areas:
        raise PermissionDenied(
            "The forms of the return are shown to those who look across an area's boroughs."
        )
    return render(
        request,
        "data_returns/forms.html",
        {"areas": [_listed(request.user, area) for area in areas], "columns": COLUMNS},
    )


def _listed(user, area: Territory) -> dict:
    """Drafts first, then what is asked from the latest year on."""
    found = list(Edition.objects.for_user(user).filter(territory=area))
    own = sorted((e for e in found if e.is_own), key=lambda e: (e.is_published, -(e.from_year or 0), e.pk))
    used = Standing.objects.for_user(user).filter(territory=area).values_list("edition", flat=True)
    used = list(used)
    ships = [
        Edition(territory=area, slug=slug, content=shipped(slug), published_on=localdate()) for slug in SHIPS
    ]
    allowed = EDITION_RULES.allowed(user, Edition(territory=area))
    return {
        "area": area,
        "own": [_row(e, used) for e in own],
        "ships": [_row(e, used) for e in ships[::-1]],
        "starts": "start" in allowed,
    }


def asked_in(edition: Edition) -> str:
    """The years, in words; nothing of a draft."""
    return f"from {edition.since} on" if edition.since else SHIPS.get(edition.slug, "")


def _row(edition: Edition, used: list[str]) -> list:
    title = format_html('<a class="govuk-link" href="{}">{}</a>', page_of(edition), edition)
    state = tag(edition.state, "green" if edition.is_published else "grey")
    asked = upper_first(asked_in(edition))
    return [title, state, asked, len(edition.content["questions"]), used.count(edition.slug)]


@login_required
def form(request, area: str, slug: str):
    edition = seen_edition(request, area, slug)
    draft = edition.draft
    problems = [] if edition.is_published else problems_of(draft)
    context = {
        "edition": edition,
        "form_": draft,
        "allowed": EDITION_RULES.allowed(request.user, edition),
        "asked": asked_in(edition),
        "uses": edition.uses if edition.is_published else 0,
        "problems": problems,
        "of_whole": [p.text for p in problems if not (p.question or p.check)],
        "of_checks": sum(bool(p.check) for p in problems),
        "pages": [
            (name, [_card(edition, question, problems) for question in questions])
            for name, questions in draft.pages().items()
        ],
        "last": len(draft.questions),
    }
    return render(request, "data_returns/form.html", context)


def _card(edition: Edition, question, problems) -> dict:
    data = edition.content["questions"][question.number - 1]
    said = [p.text for p in problems if p.question == question.number]
    return {"question": question, "rows": list(lines_of(data, question)), "problems": said}


@login_required
def preview(request, area: str, slug: str):
    """As those who fill it in see it."""
    edition = seen_edition(request, area, slug)
    form_ = edition.draft
    pages = [
        (name, [_shown(form_, question) for question in questions])
        for name, questions in form_.pages().items()
    ]
    return render(
        request, "data_returns/form_preview.html", {"edition": edition, "form_": form_, "pages": pages}
    )


def _shown(form_: Form, question) -> dict:
    made = type("Shown", (govuk.Form,), dict(fields_of(question, {}, form_.choices)))
    fields = made(auto_id=f"id_{question.number}_%s")
    rows = [{"figure": fields[f"figure-{c.key}"], "blank": fields[f"blank-{c.key}"]} for c in question.cells]
    others = [(fields[n], ()) for n in fields.fields if n.startswith(("answer-", "text-", "done"))]
    return {"question": question, "rows": rows, "others": others}
