"""A signed return held against all that was signed: its hash, its evidence, the event of the act, the sealed file."""

from collections.abc import Iterator
from dataclasses import dataclass

from audit.chain import broken_among
from audit.models import Event
from data_returns.actions.signing import signed_data, sums_of
from data_returns.evidence import fingerprint, said_beside
from data_returns.models import Return
from documents.embedded import data_in
from documents.look_up import expected_of
from documents.verify import verify

SAME = "the same"
WAITS = "not made yet"
BESIDE = {
    "form": "the form is not the one that was signed",
    "reasons": "reasons for differing figures are not those that were signed",
    "blanks": "reasons why figures have no number are not those that were signed",
    "corrects": "what is corrected is not what was signed",
}
NAMED = {
    "content": "it names another hash of the content",
    "evidence": "it names another digest of the evidence",
}


@dataclass(frozen=True)
class Comparison:
    what: str
    said: str

    @property
    def holds(self) -> bool:
        return self.said in (SAME, WAITS)


def comparisons(data_return: Return) -> Iterator[Comparison]:
    yield Comparison("content hash of the return", _content(data_return))
    yield Comparison("words beside the figures", _beside(data_return))
    yield Comparison("event of the signing", _event(data_return))
    file = _file(data_return)
    yield Comparison("sealed file", file)
    yield Comparison("data in the sealed file", _data(data_return) if file == SAME else file)


def _content(data_return: Return) -> str:
    same = fingerprint(signed_data(data_return)) == data_return.content_hash
    return SAME if same else "figures, comments, answers or evidence are not what was signed"


def _beside(data_return: Return) -> str:
    """Older evidence keeps less of it."""
    frozen, now = data_return.evidence, said_beside(data_return)
    wrong = [said for name, said in BESIDE.items() if name in frozen and frozen[name] != now[name]]
    return "; ".join(wrong) or SAME


def _event(data_return: Return) -> str:
    """Signed once: whoever adds an event that suits makes it two."""
    kind = data_return._meta.label_lower
    events = Event.objects.filter(territory=data_return.territory_id, name="return.signed", subject_kind=kind)
    found = list(events.filter(subject_id=data_return.pk).prefetch_related("changes"))
    if len(found) != 1:
        return f"the audit trail has {len(found) or 'none'}"
    [event] = found
    if broken_among([event]):
        return "it was changed in the audit trail"
    named = next((change.after for change in event.changes.all()), None)
    if named is None:
        return "its values were taken away"
    sums = sums_of(data_return)
    return "; ".join(said for name, said in NAMED.items() if named.get(name) != sums[name]) or SAME


def _file(data_return: Return) -> str:
    """The digest that the portal keeps, and the seals of the file itself."""
    document = data_return.document
    if document is None or not document.latest.field:
        return WAITS if data_return.status == Return.Status.SIGNED else "there is none"
    try:
        verdict = verify(document.latest.read(), expected_of(document))
    except OSError:
        return "it cannot be read"
    return SAME if verdict.genuine else verdict.reason


def _data(data_return: Return) -> str:
    found = data_in(data_return.document.latest.read(), data_return.reference)
    return SAME if found == signed_data(data_return) else "it says something else than the return"
