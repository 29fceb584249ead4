"""Templates: the list, import, correction clause by clause, publishing, copies for boroughs."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST
from django.views.generic import DetailView, ListView

from boards.access import ForUserMixin, RuledMixin
from boards.models import Territory
from mappa_portal.exceptions import Conflict, StaleEdit
from mappa_portal.forms import attempt
from mappa_portal.pagination import keyset
from mappa_portal.words import plural
from protocols import newer, text, timeline, waiting
from protocols.actions import copies
from protocols.actions import templates as actions
from protocols.checks import concerns
from protocols.forms import AddClauseForm, CopiesForm, RenameForm, TemplateClauseForm, TemplateUploadForm
from protocols.models import Protocol, Template, TemplateVersion, Version
from protocols.outline import find, outline, shape_of
from protocols.rules import TEMPLATE_OWNER_RULES, TEMPLATE_RULES
from protocols.views.fetch import line_at, line_for, lines_of, posted, template_version_of
from protocols.views.stale import conflict_page, removed_meanwhile

MOVES = {
    "up": partial(actions.move_clause, by_places=-1),
    "down": partial(actions.move_clause, by_places=1),
    "in": partial(actions.indent_clause, by_levels=1),
    "out": partial(actions.indent_clause, by_levels=-1),
}


class TemplateList(LoginRequiredMixin, ForUserMixin, ListView):
    queryset = Template.objects.prefetch_related("versions").annotate(
        copies=Count("protocols", filter=Q(protocols__withdrawn_on=None))
    )
    template_name = "protocols/templates.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, may_import=bool(waiting.offices_of(self.request.user)))


@login_required
def latest(request, reference: str):
    template = get_object_or_404(Template.objects.for_user(request.user), reference=reference)
    return redirect("protocols:template", reference, template.versions.first().number)


@login_required
def import_file(request):
    offices = waiting.offices_of(request.user)
    if not offices:
        raise PermissionDenied("Only the area's executive office imports templates.")
    form = TemplateUploadForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        version = _import(form, offices[0].territory, request.user)
        if version:
            messages.success(
                request, f"“{version.template}” was imported as a draft. Check it, then publish it."
            )
            return _to(version)
    return render(request, "protocols/template_import.html", {"form": form})


def _import(form: TemplateUploadForm, area: Territory, user) -> TemplateVersion | None:
    imported = form.cleaned_data["imported"]
    name = form.cleaned_data["name"] or actions.name_of(imported)
    source = form.cleaned_data["file"].name
    try:
        return attempt(
            form,
            lambda: actions.import_template(area, name=name, imported=imported, source_name=source, by=user),
        )
    except Conflict as busy:
        form.add_error("name", str(busy))
        return None


class TemplateDetail(LoginRequiredMixin, RuledMixin, ForUserMixin, DetailView):
    queryset = TemplateVersion.objects.select_related("territory", "template__organisation", "published_by")
    template_name = "protocols/template.html"
    context_object_name = "version"
    rules = TEMPLATE_RULES

    def get_object(self, queryset=None):
        named = {"template__reference": self.kwargs["reference"], "number": self.kwargs["number"]}
        return get_object_or_404(self.get_queryset(), **named)

    def get_context_data(self, **kwargs):
        lines = lines_of(self.object)
        versions = list(self.object.template.versions.all())
        locked = sum(line.clause.locked for line in lines)
        context = super().get_context_data(
            **kwargs,
            lines=lines,
            versions=versions,
            fields=sum(_merge_fields(line.clause) for line in lines),
            locked=locked,
            open=len(lines) - locked,
        )
        newest = self.object == versions[0]
        if self.object.is_draft:
            context["concerns"] = _linked(self.object, lines)
        context["followers"] = newer.followers(self.object.template, self.request.user)
        context["behind"] = sum(follower.behind for follower in context["followers"])
        return context | {
            "may_start_next": newest and "start_next" in context["allowed"],
            "may_rename": "create" in TEMPLATE_OWNER_RULES.allowed(self.request.user, self.object.template),
        }


def _linked(version: TemplateVersion, lines) -> list[tuple[str, str]]:
    named = version.template.reference, version.number
    return [
        (c.message, reverse("protocols:template_clause", args=[*named, c.line.clause.position]))
        for c in concerns(lines)
    ]


def _merge_fields(clause) -> int:
    return (clause.heading + clause.body).count(text.MERGE_FIELD)


@login_required
def preview(request, reference: str, number: int):
    """As a borough will read it: the first one's name stands in the blanks unless another is asked for."""
    version = template_version_of(request, reference, number)
    boroughs = list(version.territory.children.all())
    borough = next((b for b in boroughs if b.slug == request.GET.get("borough")), next(iter(boroughs), None))
    clauses = list(version.clauses.all())
    for clause in clauses:
        clause.heading = text.merge(clause.heading, borough.name if borough else text.MERGE_FIELD)
        clause.body = text.merge(clause.body, borough.name if borough else text.MERGE_FIELD)
    context = {"version": version, "lines": outline(clauses), "borough": borough, "boroughs": boroughs}
    return render(request, "protocols/template_preview.html", context)


@login_required
def history(request, reference: str, number: int):
    version = template_version_of(request, reference, number)
    page = keyset(timeline.events_of_template(version), request, "-seq")
    context = {"version": version, "page": page, "moments": timeline.moments(page, with_values=True)}
    return render(request, "protocols/template_history.html", context)


# -- Clauses --


@login_required
def edit_clause(request, reference: str, number: int, position: int):
    version = template_version_of(request, reference, number)
    TEMPLATE_RULES.require("edit", version, by=request.user)
    lines = lines_of(version)
    line = line_for(lines, position, request.POST.get("key", ""))
    if line is None:
        return removed_meanwhile(request, reverse("protocols:template", args=[reference, number]))
    form = TemplateClauseForm(posted(request), clause=line.clause, key=line.key)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("heading", "body", "locked", "revision")}
        try:
            actions.edit_clause(line.clause, by=request.user, **values)
        except StaleEdit as stale:
            address = reverse("protocols:template_clause", args=[reference, number, line.clause.position])
            if page := conflict_page(request, stale, form, line, address):
                return page
        return _after_saving(request, version, lines, line)
    last = len(lines)
    context = {
        "version": version,
        "line": line,
        "form": form,
        "last": last,
        "following": line.clause.position < last,
    }
    return render(request, "protocols/template_clause.html", context)


def _after_saving(request, version, lines, line):
    if move := MOVES.get(request.POST.get("move", "")):
        clause = move(line.clause, by=request.user)
        return redirect(
            "protocols:template_clause", version.template.reference, version.number, clause.position
        )
    if request.POST.get("then") == "next" and line.clause.position < len(lines):
        return redirect(
            "protocols:template_clause", version.template.reference, version.number, line.clause.position + 1
        )
    messages.success(request, f"“{request.POST['heading']}” was saved.")
    return _to(version)


@login_required
def add_clause(request, reference: str, number: int):
    version = template_version_of(request, reference, number)
    TEMPLATE_RULES.require("edit", version, by=request.user)
    if request.method == "POST":
        version = TemplateVersion.objects.select_for_update(of=["self"]).get(pk=version.pk)
    lines = lines_of(version)
    initial = {"shape": shape_of(lines), "after": request.GET.get("after", len(lines))}
    form = AddClauseForm(posted(request), lines=lines, initial=initial)
    if request.method == "POST" and form.is_valid() and same_place(form, lines):
        values = {name: form.cleaned_data[name] for name in ("after", "depth", "heading", "body")}
        clause = actions.add_clause(version, by=request.user, **values)
        messages.success(request, f"“{clause.heading}” was added.")
        return _to(version)
    return render(request, "protocols/template_clause_add.html", {"version": version, "form": form})


def same_place(form: AddClauseForm, lines) -> bool:
    """A second click, or somebody else's change: what was typed stays, the place is chosen again."""
    if form.cleaned_data["shape"] == shape_of(lines):
        return True
    form.add_error(
        "after",
        "The list of clauses changed after you opened this page. Check it, then choose the place again",
    )
    form.data = form.data.copy()
    form.data["shape"] = shape_of(lines)
    return False


@login_required
def remove_clause(request, reference: str, number: int, position: int):
    version = template_version_of(request, reference, number)
    TEMPLATE_RULES.require("edit", version, by=request.user)
    lines = lines_of(version)
    if request.method == "POST":
        line = find(lines, request.POST.get("key", ""))
        if line:
            actions.remove_clause(line.clause, by=request.user)
            messages.success(request, f"“{line.clause.heading}” was removed.")
        return _to(version)
    context = {"version": version, "line": line_at(lines, position)}
    return render(request, "protocols/template_clause_remove.html", context)


@login_required
@require_POST
def lock(request, reference: str, number: int):
    version = template_version_of(request, reference, number)
    locked = request.POST.get("to") == "locked"
    lines = lines_of(version)
    chosen = [find(lines, key) for key in request.POST.getlist("clauses")]
    if None in chosen:
        raise Conflict(
            "Somebody removed a clause that you ticked. Open the template again and choose once more."
        )
    count = actions.lock_clauses(
        version, clauses=[line.clause for line in chosen], locked=locked, by=request.user
    )
    if not chosen:
        messages.error(request, "Select at least one clause")
    else:
        state = "locked: the same in every borough" if locked else "open to the boroughs"
        messages.success(request, f"{plural(count, 'clause is', 'clauses are')} now {state}.")
    return _to(version)


# -- Versions --


@login_required
def publish(request, reference: str, number: int):
    version = template_version_of(request, reference, number)
    TEMPLATE_RULES.require("publish", version, by=request.user)
    lines = lines_of(version)
    if request.method == "POST":
        try:
            actions.publish(version, by=request.user)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
            return _to(version)
        messages.success(request, _published(version, request.user))
        return _to(version)
    context = {
        "version": version,
        "count": len(lines),
        "locked": sum(line.clause.locked for line in lines),
        "fields": sum(_merge_fields(line.clause) for line in lines),
    }
    return render(request, "protocols/template_publish.html", context)


def _published(version: TemplateVersion, user) -> str:
    behind = sum(follower.behind for follower in newer.followers(version.template, user))
    if not behind:
        return "The template is published. Boroughs can be given copies of it."
    return (
        f"Version {version.number} is published. {plural(behind, 'borough follows', 'boroughs follow')}"
        " an older version: the list of boroughs below says how each takes the new one."
    )


@login_required
@require_POST
def start_next(request, reference: str, number: int):
    version = template_version_of(request, reference, number)
    draft = actions.start_next(version, by=request.user)
    messages.success(request, f"Version {draft.number} starts with the text of version {version.number}.")
    return _to(draft)


@login_required
def rename(request, reference: str, number: int):
    version = template_version_of(request, reference, number)
    TEMPLATE_OWNER_RULES.require("create", version.template, by=request.user)
    form = RenameForm(posted(request), initial={"name": version.template.name})
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: actions.rename(version, by=request.user, **form.cleaned_data)):
            messages.success(request, "The template has its new name.")
            return _to(version)
    return render(request, "protocols/template_rename.html", {"version": version, "form": form})


@login_required
def discard(request, reference: str, number: int):
    version = template_version_of(request, reference, number)
    TEMPLATE_RULES.require("edit", version, by=request.user)
    if request.method == "POST":
        actions.discard(version, by=request.user)
        messages.success(request, f"The draft of “{version.template}” was discarded.")
        return redirect("protocols:templates")
    return render(request, "protocols/template_discard.html", {"version": version})


# -- Copies --


@login_required
def choose(request):
    """New from template: which one."""
    if not waiting.offices_of(request.user):
        raise PermissionDenied("Only the area's executive office gives boroughs their copies.")
    published = TemplateVersion.objects.for_user(request.user).published().select_related("template")
    versions = list(published.order_by("template__name", "pk"))
    if len(versions) == 1:
        return redirect("protocols:copies", versions[0].template.reference, versions[0].number)
    return render(request, "protocols/copies_choose.html", {"versions": versions})


@login_required
def give_copies(request, reference: str, number: int):
    """Choose, check, then create: a repeat of the last step creates nothing twice."""
    version = template_version_of(request, reference, number)
    TEMPLATE_RULES.require("copy", version, by=request.user)
    standing = (
        Protocol.objects.for_user(request.user).standing().select_related("about").order_by("about__name")
    )
    given = list(standing.filter(template=version.template))
    others = standing.exclude(template=version.template).filter(versions__status=Version.Status.IN_FORCE)
    create = request.POST.get("step") == "create"  # a second click is told who has a copy now
    taken = [] if create else [protocol.about_id for protocol in given]
    form = CopiesForm(posted(request), area=version.territory, taken=taken)
    context = {"version": version, "form": form, "given": given, "others": others}
    if request.method != "POST" or not form.is_valid() or request.POST.get("step") == "change":
        return render(request, "protocols/copies.html", context)
    context["boroughs"] = form.chosen
    if not create:
        return render(request, "protocols/copies_check.html", context)
    context["copies"] = copies.give_copies(version, boroughs=form.chosen, by=request.user, on=localdate())
    return render(request, "protocols/copies_done.html", context)


def _to(version: TemplateVersion):
    return redirect("protocols:template", version.template.reference, version.number)
