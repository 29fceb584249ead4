"""Packs of a case: started, read part by part, looked at as they will go out, finished, released."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate, now
from django.views.generic import TemplateView, View

from mappa_portal.exceptions import Conflict
from mappa_portal.limits import limit
from mappa_portal.templatetags.govuk import Row, TaskItem
from mappa_portal.words import long_date
from referrals.actions import packs as actions
from referrals.forms.packs import FinishForm, PackForm, PartForm, ReleaseForm, WordsForm
from referrals.models import Pack
from referrals.records.parts import PARTS
from referrals.records.redaction import REASONS
from referrals.rules import PACK_RULES
from referrals.views.cases import CaseFormView, CaseMixin


class PackNew(CaseMixin, CaseFormView):
    form_class, rule = PackForm, "pack"
    title, button = "Start a pack", "Start pack"

    def act(self, form):
        values = {"today": localdate(), "by": self.request.user, "at": now()}
        pack = actions.start(self.case, **form.cleaned_data, **values)
        return redirect("referrals:pack", self.case.reference, pack.number)


class PackMixin(CaseMixin):
    """The pack that the address names; its text is opened once a request, and that is recorded."""

    rule, pack_rule = "keep_records", "see"

    @cached_property
    def pack(self) -> Pack:
        mine = Pack.objects.for_user(self.request.user).filter(case=self.case)
        full = mine.select_related("case__organisation", "organisation", "territory__parent")
        found = get_object_or_404(full, number=self.kwargs["number"])
        if self.case.erased_at:
            raise Conflict("What this pack held was erased with its case.")
        PACK_RULES.require(self.pack_rule, found, by=self.request.user)
        return found

    @cached_property
    def opened(self) -> Pack:
        return actions.open_pack(self.pack, by=self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(pack=self.pack, **kwargs)

    def back(self):
        return redirect("referrals:pack", self.case.reference, self.pack.number)


class PackDetail(PackMixin, TemplateView):
    template_name = "referrals/pack.html"

    def get_context_data(self, **kwargs):
        pack = self.opened
        rows = [
            Row("For", pack.get_kind_display()),
            Row("Requested", pack.requested_on),
            Row("Due", pack.due_on),
            Row("State", pack.get_status_display()),
        ]
        if pack.released_at:
            rows.append(Row("Released", long_date(pack.released_at)))
        return super().get_context_data(
            rows=rows,
            items=list(self._items(pack)) if pack.status == Pack.Status.REVIEW else [],
            unread=len({*pack.parts, "words"} - set(pack.withheld)),
            late=pack.is_late(localdate()),
            allowed=PACK_RULES.allowed(self.request.user, pack),
            **kwargs,
        )

    def _items(self, pack: Pack):
        marks, place = pack.withheld, [self.case.reference, pack.number]
        for code in pack.parts:
            url = reverse("referrals:pack_part", args=[*place, code])
            yield _item(PARTS[code].title, url, code in marks)
        yield _item(
            "Words to black out everywhere", reverse("referrals:pack_words", args=place), "words" in marks
        )


def _item(title: str, url: str, done: bool) -> TaskItem:
    return TaskItem(title, "Read", url) if done else TaskItem(title, "Not read yet", url, colour="grey")


class PackMarks(PackMixin, CaseFormView):
    pack_rule, record_name, button = "review", "pack", "Save and continue"

    @property
    def record(self) -> Pack:
        return self.opened

    def act(self, form):
        revision = form.cleaned_data["revision"]
        actions.mark(self.pack, self.part, form.marks, revision=revision, by=self.request.user)
        return self.back()


class PackPart(PackMarks):
    form_class = PartForm

    @property
    def part(self) -> str:
        if self.kwargs["part"] not in self.pack.parts:
            raise Http404
        return self.kwargs["part"]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"part": self.part}

    def get_context_data(self, **kwargs):
        title = f"What is withheld: {PARTS[self.part].title}"
        return super().get_context_data(**{"title": title} | kwargs)


class PackWords(PackMarks):
    form_class, title, part = WordsForm, "Words to black out everywhere", "words"


class PackPreview(PackMixin, CaseFormView):
    """As it will go out; finishing makes the PDF of it."""

    template_name = "referrals/pack_preview.html"
    form_class, pack_rule = FinishForm, "review"
    title, button = "The pack as it will go out", "Finish pack"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            parts=actions.redacted(self.opened), law=actions.law(self.pack), reasons=REASONS, **kwargs
        )

    def act(self, form):
        limit("pack", self.request.user.pk, most=20, seconds=600)
        actions.finish(self.pack, by=self.request.user, at=now())
        return self.back()


class PackReopen(PackMixin, CaseFormView):
    form_class, pack_rule = FinishForm, "reopen"
    title, button = "Take the pack back to change what is withheld", "Take back"

    def act(self, form):
        actions.reopen(self.pack, by=self.request.user)
        return self.back()


class PackRelease(PackMixin, CaseFormView):
    form_class, pack_rule = ReleaseForm, "release"
    title, button = "Release the pack", "Record the release"

    def act(self, form):
        actions.release(self.pack, **form.cleaned_data, by=self.request.user, at=now())
        return self.back()


class PackPdf(PackMixin, View):
    pack_rule = "take_away"

    def get(self, request, **kwargs):
        """The frozen file; taking it away is recorded (U2)."""
        limit("pack", request.user.pk, most=20, seconds=600)
        pack = actions.open_pack(self.pack, by=request.user, name="pack.downloaded")
        response = HttpResponse(pack.pdf, content_type="application/pdf")
        name = f"{self.case.reference}-pack-{pack.number}.pdf"
        response["Content-Disposition"] = content_disposition_header(True, name)
        response["Content-Security-Policy"] = "sandbox"
        return response
