"""The signed file of a return: the printed form in its order, figures, comments, caveats in words."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.db import transaction
from django.utils import timezone

from boards.models import AreaSettings
from data_returns.actions.signing import signed_data
from data_returns.content import Content
from data_returns.form import ATTENDS, Question, Text
from data_returns.models import Return
from data_returns.years import in_words, last_day
from documents.actions import Held, Place, file_document, seal
from documents.models import Document
from documents.signatory import Signatory
from mappa_portal.words import long_date

ROLE = "MAPPA Chair"
REASON = "Declares that the return is complete and free of personal information"


def make_and_seal(data_return: Return, *, held: Held = transaction.atomic) -> Document:
    """Raises TimeStampUnavailable while nobody confirms the time; the job is then tried again."""
    document = file_of(data_return, held=held)
    with held():
        data_return = Return.objects.select_related("signed_by").get(pk=data_return.pk)
        place = document.signatory("signature-1")
    name, signed = data_return.signed_by.name, data_return.signed_at
    signatory = Signatory(name, place["role"], place["organisation"], signed)
    seal(document, field="signature-1", signatory=signatory, reason=REASON, at=timezone.now(), held=held)
    return document


def file_of(data_return: Return, *, held: Held = transaction.atomic) -> Document:
    """What will be sealed; a second call returns the first document."""
    with held():
        found = Return.objects.select_related("document", "board", "organisation", "territory")
        data_return = found.get(pk=data_return.pk)
        paper = _paper(data_return)
    document = data_return.document or file_document(**paper, at=timezone.now(), by=None, held=held)
    with held():
        Return.objects.filter(pk=data_return.pk).update(document=document)
    return document


def _paper(data_return: Return) -> dict:
    title = f"MAPPA data return {in_words(data_return.year)}, {data_return.territory}"
    marking = AreaSettings.objects.get(territory=data_return.territory.area.pk).marking
    return {
        "territory": data_return.territory,
        "about": None,
        "kind": Document.Kind.DATA_RETURN,
        "reference": data_return.reference,
        "version": data_return.number,
        "title": title,
        "marking": marking,
        "places": [Place(ROLE, data_return.organisation.name)],
        "template": "pdf/data_return.html",
        "context": {"document": pages(data_return, title, marking)},
        "signed_data": signed_data(data_return),
    }


def pages(
    data_return: Return, title: str, marking: str, beside: Mapping[str, Sequence] = MappingProxyType({})
) -> dict:
    """What the template shows; ``beside`` is what stands at a text, by its key."""
    form, said = data_return.form, data_return.said()
    return {
        "title": title,
        "form": form.title,
        "notes": form.notes,
        "reference": data_return.reference,
        "version": data_return.number,
        "reason": data_return.reason,
        "marking": marking,
        "borough": str(data_return.territory),
        "unit": data_return.organisation.name,
        "board": data_return.board.name,
        "position": long_date(last_day(data_return.year)),
        "year": in_words(data_return.year),
        "questions": [_question(q, said, beside) for q in form.questions],
        "has_notes": any(question.caveat for question in form.questions),
        "role": ROLE,
        "content_hash": data_return.content_hash,
    }


def _question(question: Question, said: Content, beside: Mapping[str, Sequence]) -> dict:
    options = dict(question.choice.options) if question.choice else {}
    return {
        "number": question.number,
        "text": question.text,
        "basis": {"position": "Position on 31 March", "year": "Completed in the reporting year"}.get(
            question.basis, ""
        ),
        "caveat": question.caveat,
        "cells": [
            (cell.label, figure(said, cell.key), said.reasons.get(cell.key, "")) for cell in question.cells
        ],
        "choice": options.get(said.answers.get(question.choice.key), "Not answered")
        if question.choice
        else "",
        "texts": [
            {
                "label": t.label,
                "attends": attends(said, t),
                "said": said.text(t.key),
                "beside": beside.get(t.key, ()),
            }
            for t in question.texts
            if _is_shown(question, t, said)
        ],
    }


def _is_shown(question: Question, text: Text, said: Content) -> bool:
    """An empty comment is left out, unless it is all that is asked."""
    asks_more = question.cells or question.choice
    return bool(said.text(text.key) or text.attends is not None or not asks_more)


def figure(said: Content, key: str) -> str:
    """A number, or in words why there is none."""
    if key in said.figures:
        return f"{said.figures[key]:,}"
    return {"not_applicable": "Not applicable"}.get(said.blanks.get(key, ""), "Not known")


def attends(said: Content, text) -> str:
    return dict(ATTENDS).get(said.answers.get(text.key), "") if text.attends is not None else ""
