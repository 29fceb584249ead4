"""One question: saved whatever it says, and told at once what is not right yet."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate

from data_returns.actions.entry import save_question
from data_returns.attending import attending
from data_returns.entering import Entering
from data_returns.models import Return, Section
from data_returns.personal import Known, suspects
from data_returns.progress import Progress
from data_returns.views.fetch import place, return_of, while_open
from mappa_portal.action_form import shown
from mappa_portal.exceptions import StaleEdit
from mappa_portal.words import clock

UNSAVED = "The register’s figures stand in their fields. Nothing is saved until you select Save and continue."
OWN = {"csrfmiddlewaretoken", "personal", "cleared"}


@login_required
@while_open
def question(request, borough: str, year: int, number: int):
    entering = _entering(request, borough, year, number)
    if request.method != "POST":
        return _page(request, entering, entering.stored())
    if "use" in request.POST or request.POST.get("personal") == "change":
        unsaved = UNSAVED if "use" in request.POST else ""
        return _page(request, entering, entering.form(initial=_typed(request, entering)), unsaved=unsaved)
    form = entering.form(request.POST)
    if not form.is_valid():
        return _page(request, entering, form)
    words = {key: _unanswered(request, entering.data_return, key, text) for key, text in form.texts.items()}
    if any(words.values()):
        return _interrupt(request, entering, words)
    try:
        _save(request, entering, form)
    except StaleEdit:
        return _both(request, _entering(request, borough, year, number), form)
    return _after_saving(request, _entering(request, borough, year, number))


def _entering(request, borough: str, year: int, number: int) -> Entering:
    data_return = return_of(request, borough, year, "fill")
    asked = data_return.form.question(number)
    if asked is None:
        raise Http404
    sections = Section.objects.filter(data_return=data_return).select_related("edited_by")
    return Entering(data_return, asked, get_object_or_404(sections, question=number))


def _page(request, entering: Entering, form, **more):
    progress, number = Progress.of(entering.data_return), entering.question.number
    context = {
        "return": entering.data_return,
        "question": entering.question,
        "total": len(progress.sections),
        "form": form,
        "rows": entering.rows(form),
        "others": _others(request, entering, form),
        "use_all": len(entering.register) > 1,
        "following": progress.after(number),
        **more,
    }
    return render(request, "data_returns/question.html", context, status=409 if "both" in more else 200)


def _others(request, entering: Entering, form) -> list[tuple]:
    """Fields that are no figures, each with what stands above it."""
    beside = attending(entering.data_return, entering.question, request.user, localdate())
    names = [name for name in form.fields if name.startswith(("answer-", "text-", "done"))]
    return [(form[name], beside.get(name.removeprefix("text-"), ())) for name in names]


def _typed(request, entering: Entering) -> dict:
    """Nothing of it is saved or judged yet; "Use this" puts the register's figure in its place."""
    typed, used = request.POST.dict(), request.POST.get("use", "")
    for key in entering.register if used == "all" else {used} & set(entering.register):
        typed |= {f"figure-{key}": entering.register[key], f"blank-{key}": "", f"reason-{key}": ""}
    return typed


def _save(request, entering: Entering, form) -> None:
    accepted = _accepted(request)
    save_question(
        entering.data_return,
        entering.question.number,
        figures=form.figures,
        texts=form.texts,
        answers=form.answers,
        cleared={
            key: [
                w for w in suspects(text, Known.of(entering.data_return.territory, [text])) if w in accepted
            ]
            for key, text in form.texts.items()
        },
        is_done=form.is_complete(),
        revision=form.cleaned_data["revision"] or 0,
        by=request.user,
        at=timezone.now(),
    )


def _after_saving(request, entering: Entering):
    data_return, number = entering.data_return, entering.question.number
    if request.POST.get("then") == "later":
        messages.success(request, f"Question {number} is saved.")
        return redirect("data_returns:return", *place(data_return))
    if entering.stored().errors:
        messages.warning(request, f"Question {number} is saved, but it is not right yet.")
        return redirect("data_returns:question", *place(data_return), number)
    messages.success(request, f"Question {number} is saved.")
    following = Progress.of(data_return).after(number)
    if following is None:
        return redirect("data_returns:check", *place(data_return))
    return redirect("data_returns:question", *place(data_return), following)


# -- Words that could identify a person --


def _unanswered(request, data_return: Return, key: str, text: str) -> list[str]:
    """Neither said before to identify nobody, nor on the page that this answers."""
    cleared = {word for answer in data_return.answers.all() if answer.key == key for word in answer.cleared}
    cleared |= _accepted(request)
    return [word for word in suspects(text, Known.of(data_return.territory, [text])) if word not in cleared]


def _accepted(request) -> set[str]:
    return set(request.POST.getlist("cleared")) if request.POST.get("personal") == "nobody" else set()


def _interrupt(request, entering: Entering, words: dict[str, list[str]]):
    context = {
        "return": entering.data_return,
        "question": entering.question,
        "words": [(text.label, words[text.key]) for text in entering.question.texts if words.get(text.key)],
        "cleared": {word for found in words.values() for word in found},
        "sent": [(n, v) for n, values in request.POST.lists() for v in values if n not in OWN],
    }
    return render(request, "data_returns/personal.html", context)


# -- Two editors --


def _both(request, entering: Entering, yours):
    """What stands now beside what was typed; saving again replaces the one that the person has now seen (C2)."""
    sent = yours.data.copy()
    sent["revision"] = entering.section.revision
    form, theirs = entering.form(sent), entering.stored()
    pairs = [(theirs[name], form[name]) for name in form.fields if not form[name].is_hidden]
    return _page(
        request,
        entering,
        form,
        both=[(t.label, shown(t), shown(y)) for t, y in pairs if shown(t) != shown(y)],
        columns=("Question", "Saved now", "Yours"),
        stale=_who(entering.section),
    )


def _who(section: Section) -> str:
    who = section.edited_by.name if section.edited_by else "Somebody"
    return f"{who} changed this at {clock(section.edited_at)}. Check their change, then save yours"
