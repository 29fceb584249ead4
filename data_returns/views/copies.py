"""Where every paper copy of a return is: issued, printed, ticked off as it comes back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from data_returns.actions import copies as actions
from data_returns.actions.copies import copies_of
from data_returns.forms.copies import IssueForm, TakeInForm
from data_returns.models import Return
from data_returns.views.fetch import place, return_of
from documents.models import PaperCopy
from mappa_portal.forms import attempt
from mappa_portal.templatetags.govuk import short_date, tag, tick_box
from mappa_portal.words import plural

OUT = ["Copy", "Holder", "Version", "Issued", "Due back", "Print"]
BACK = ["Copy", "Holder", "Version", "Issued", "Returned", "Correct"]
PRINT = (
    '<a class="govuk-link" href="{}" download>Print<span class="govuk-visually-hidden"> copy {}</span></a>'
)
UNDO = """<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">
<button class="app-link-button">Not returned<span class="govuk-visually-hidden">: copy {}</span></button></form>"""


@login_required
def copies(request, borough: str, year: int):
    """The list; sent, the form issues the next copy of the newest signed version."""
    found, today = return_of(request, borough, year, "keep_copies"), localdate()
    sent = request.POST if request.method == "POST" else None
    form = IssueForm(sent, initial={"issued_on": today, "due_on": actions.due_back(found.territory, today)})
    if sent is not None and form.is_valid():
        signed, said = _signed(request, found) or found, form.cleaned_data
        act = lambda: actions.issue_copy(signed, **said, today=today, by=request.user)  # noqa: E731
        if copy := attempt(form, act):
            messages.success(
                request, f"Copy {copy.number} is issued. Print it from the list: it bears its number."
            )
            return redirect("data_returns:copies", *place(found))
    return _page(request, found, form=form)


def _signed(request, found: Return) -> Return | None:
    """The newest version that has its file."""
    versions = Return.objects.for_user(request.user).filter(territory=found.territory_id, year=found.year)
    versions = versions.filter(document__isnull=False).exclude(status=Return.Status.SIGNED)
    versions = versions.select_related("document", "organisation")
    return versions.order_by("-number").first()


def _page(request, found: Return, *, form: IssueForm | None = None, back_form: TakeInForm | None = None):
    today = localdate()
    kept = list(copies_of(found).select_related("document"))
    out, back = [c for c in kept if c.is_out], [c for c in kept if not c.is_out]
    chosen = set(back_form.data.getlist("copies")) if back_form else set()
    context = {
        "data_return": found,
        "signed": _signed(request, found),
        "kept": len(kept),
        "out": len(out),
        "late": sum(copy.is_overdue(today) for copy in out),
        "out_columns": OUT,
        "out_rows": [_out(found, copy, n, chosen, today) for n, copy in enumerate(out)],
        "back_columns": BACK,
        "back_rows": [_back(found, copy, get_token(request)) for copy in back],
        "form": form
        or IssueForm(initial={"issued_on": today, "due_on": actions.due_back(found.territory, today)}),
        "back_form": back_form or TakeInForm(copies=out, initial={"returned_on": today}, auto_id="id_%s"),
    }
    return render(request, "data_returns/copies.html", context)


def _common(copy: PaperCopy) -> list:
    return [copy.holder, copy.document.version, short_date(copy.issued_on)]


def _out(found: Return, copy: PaperCopy, n: int, chosen: set[str], today) -> list:
    ticked = str(copy.number) in chosen
    box = tick_box("copies", copy.number, f"id_copies_{n}", f"Copy {copy.number}", ticked=ticked)
    late = tag("Overdue", "orange") if copy.is_overdue(today) else ""
    asked = f"Chased {short_date(copy.chased_on)}" if copy.chased_on else ""
    due = format_html("{} {} {}", short_date(copy.due_on), late, asked)
    link = format_html(PRINT, _url("copy_pdf", found, copy), copy.number)
    return [box, *_common(copy), due, link]


def _back(found: Return, copy: PaperCopy, token: str) -> list:
    undo = format_html(UNDO, _url("copy_out", found, copy), token, copy.number)
    return [f"Copy {copy.number}", *_common(copy), short_date(copy.returned_on), undo]


def _url(name: str, found: Return, copy: PaperCopy) -> str:
    return reverse(f"data_returns:{name}", args=[*place(found), copy.number])


@login_required
@require_POST
def take_in(request, borough: str, year: int):
    """Those that are ticked, all on one day."""
    found, today = return_of(request, borough, year, "keep_copies"), localdate()
    form = TakeInForm(request.POST, copies=copies_of(found))

    def act():
        chosen, on = form.cleaned_data["copies"], form.cleaned_data["returned_on"]
        return actions.take_in(found, chosen, returned_on=on, today=today, by=request.user)

    if form.is_valid() and (back := attempt(form, act)):
        messages.success(request, f"{plural(len(back), 'copy is', 'copies are')} back.")
        return redirect("data_returns:copies", *place(found))
    return _page(request, found, back_form=form)


def _copy(found: Return, number: int) -> PaperCopy:
    return get_object_or_404(copies_of(found).select_related("document"), number=number)


@login_required
@require_POST
def put_out(request, borough: str, year: int, number: int):
    found = return_of(request, borough, year, "keep_copies")
    actions.put_out(found, _copy(found, number), by=request.user)
    messages.success(request, f"Copy {number} is with its holder.")
    return redirect("data_returns:copies", *place(found))


@login_required
def pdf(request, borough: str, year: int, number: int):
    found = return_of(request, borough, year, "keep_copies")
    copy = _copy(found, number)
    made = actions.print_copy(found, copy, by=request.user)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, copy.filename)
    response["Content-Security-Policy"] = "sandbox"
    return response
