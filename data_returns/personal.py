"""Words of a comment that could identify a person (H8): numbers, birth dates, addresses, names.

Names are those of people in the borough's register, found through the blind index, and what reads like a name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from pathlib import Path

from boards.models import Territory
from referrals.models import Token
from referrals.personal import one_letter_short, sought, words

EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
POSTCODE = re.compile(r"\b(?:GIR\s?0AA|[A-Z]{1,2}\d[A-Z\d]?\s*\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
INSURANCE = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?(?:\d{2}\s?){3}[A-D]\b", re.IGNORECASE)
PNC = re.compile(r"\b(?:19|20)?\d{2}/\d{1,7}[A-HJ-NP-RT-Z]\b", re.IGNORECASE)
VISOR = re.compile(
    r"\b(?:visor|mappa|crn|nomis|prison)(?: (?:id|number|no|ref(?:erence)?))?\.?:? ?[A-Z]?\d{4,9}\w*",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\d/])(?:\+44\s?|0)(?:\d[\s-]?){9,10}(?!\d)")
NHS = re.compile(r"(?<!\d)\d{3}[\s-]?\d{3}[\s-]?\d{4}(?!\d)")
MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
DAY = rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH}\s+\d{{4}})"
BORN = re.compile(
    rf"\b(?:born(?: on)?|d\.?o\.?b\.?|date of birth|birthday)\W{{0,3}}(?:is |was )?{DAY}", re.IGNORECASE
)
ADDRESS = re.compile(
    r"\b\d{1,4}[A-Za-z]?,? (?:[A-Z][a-z'’]+ ){1,3}"
    r"(?:Street|Road|Avenue|Lane|Close|Drive|Way|Court|Gardens|Terrace|Crescent|Place|House)\b"
)
PATTERNS = (EMAIL, POSTCODE, INSURANCE, PNC, VISOR, PHONE, BORN, ADDRESS)

WORD = re.compile(r"[A-Z][a-zà-ÿ]+(?:['’-][A-Z]?[a-zà-ÿ]+)*|[A-Z]\.")
ANY_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Master)\.? (?:[A-Z]\.? )*[A-Z][\w'’-]+")
INITIALS = re.compile(r"(?<!\w)(?:[A-Z]\.\s?){1,3}[A-Z][a-z][\w'’-]*|(?<!\w)[A-Z] [A-Z][a-z][\w'’-]+")
AMBIGUOUS = frozenset(
    "april august bill bishop brown chance christian dale dean drew faith frank grace grant grey guy harry heath hope"
    " iris ivy jack jean joy june lee mark may miles pat penny ray rich robin rose ross rowan summer will".split()
)
PLAIN = frozenset(
    """level levels mappa smb lscb lscp scb scr scrs marac board boards panel panels meeting meetings annual return
    returns question questions children children's child adult adults services service social care youth justice
    offending team teams probation police metropolitan prison prisons housing education health integrated care
    primary trust trusts nhs mental national strategic management safeguarding partnership responsible authority duty
    protocol appendix section year quarter january february march april may june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday london england wales borough council city
    the this that these those there they we our all some none no not one two three four five six seven eight nine ten
    each every any most many several both as at by for from in of on to with without within after before during while
    when where who why how what which it its if but and or so then than also only more less high low medium very
    lessons learning review reviews case cases serious information sharing risk domestic abuse violence home office act
    acts criminal court crown magistrates probationer government ministry department director head manager officer chair
    administrator co-ordinator deputy assistant local practice practices early help public protection arrangements
    university hospital hospitals fire brigade ambulance immigration enforcement working together safeguard sexual
    violent terrorist register registered figures figure data system systems visor oasys new old north south east west
    greater central upon st saint kensington chelsea hammersmith fulham tower hamlets kingston richmond thames barking
    dagenham barnet bexley brent bromley camden croydon ealing enfield greenwich hackney haringey harrow havering
    hillingdon hounslow islington lambeth lewisham merton newham redbridge southwark sutton waltham forest wandsworth
    westminster merseyside liverpool leeds bradford yorkshire birmingham manchester bristol easter christmas covid
    attendance attended agencies agency comments""".split()
)


@dataclass(frozen=True)
class Known:
    """Cases of the register by word of some texts: under exactly this name or alias, and with one letter wrong."""

    exact: Mapping[str, set[int]] = field(default_factory=dict)
    near: Mapping[str, set[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, borough: Territory, texts: Iterable[str]) -> "Known":
        """One question to the blind index, however many texts."""
        asked: dict[str, bool] = {}  # by word: whether it stands anywhere as names do
        for match in (match for text in texts for match in _unusual(text)):
            word = _bare(match[0])
            asked[word] = asked.get(word, False) or _is_capital(match[0])
        return cls(*_hits(borough, asked)) if asked else cls()


def suspects(text: str, known: Known | None = None) -> list[str]:
    """As they stand in the text, each once; what stands inside another is left out."""
    found = [match[0].strip(" ,.;") for pattern in PATTERNS for match in pattern.finditer(text)]
    found += [match[0] for match in NHS.finditer(text) if _is_nhs_number(match[0])]
    found += [
        match[0]
        for pattern in (TITLED, INITIALS)
        for match in pattern.finditer(text)
        if not _is_plain(match[0])
    ]
    found += _likely_names(text)
    if known is not None:
        found += _known_names(text, known)
    once = list(dict.fromkeys(found))
    return [word for word in once if not any(word != other and word in other for other in once)]


def _is_nhs_number(text: str) -> bool:
    """Ten digits of which the last checks the others (modulus 11)."""
    digits = [int(c) for c in text if c.isdigit()]
    check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return digits[9] == check % 11 and check != 10


def _is_plain(text: str) -> bool:
    return all(_plain(word) for word in text.replace(".", " ").split() if len(word) > 1)


def _plain(word: str) -> bool:
    lower = word.lower().replace("’", "'")
    return lower in PLAIN or lower.removesuffix("'s") in PLAIN


# -- What reads like a name --


@cache
def given_names() -> frozenset[str]:
    """Common ones in England and Wales."""
    return frozenset((Path(__file__).parent / "given_names.txt").read_text(encoding="utf-8").split())


def _likely_names(text: str) -> Iterator[str]:
    """Capitals in a row that are no words of the field, and common given names alone."""
    for run in _runs(text):
        names = [word for word, _ in run]
        given = [w for w in names if _bare(w) in given_names()]
        sure = [w for w in given if _bare(w) not in AMBIGUOUS]
        starts = run[0][1]
        strange = [w for w in names if not _plain(w)]
        if (len(names) > 1 and given) or sure:
            yield " ".join(names)
        elif len(strange) > 1 and len(strange) == len(names) and (not starts or len(names) > 2):
            yield " ".join(names)


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word).lower()


def _runs(text: str) -> Iterator[list[tuple[str, bool]]]:
    """Capitalised words that follow each other with a space between; each with whether it starts a sentence."""
    run, end = [], -1
    for match in WORD.finditer(text):
        if _plain(match[0]):
            if run:
                yield run
            run, end = [], -1
            continue
        if run and text[end : match.start()] != " ":
            yield run
            run = []
        run.append((match[0], _starts_sentence(text, match.start())))
        end = match.end()
    if run:
        yield run


def _starts_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"'(“‘")
    return not before or before[-1] in ".!?:\n•-"


# -- Names of the borough's register --


def _unusual(text: str) -> list[re.Match]:
    return [match for match in ANY_WORD.finditer(text) if not _plain(match[0]) and len(match[0]) > 2]


def _is_capital(word: str) -> bool:
    return WORD.fullmatch(word) is not None


def _known_names(text: str, known: Known) -> list[str]:
    """Two words of one case beside each other, in capitals also with one letter wrong; or one rare name exactly."""
    found, names = _unusual(text), []
    for one, two in zip_longest(found, found[1:]):
        if two is not None and text[one.end() : two.start()] in (" ", ", ") and _are_one(one, two, known):
            names.append(text[one.start() : two.end()])
        first = _bare(one[0])
        if (
            _is_capital(one[0])
            and known.exact.get(first)
            and len(first) > 3
            and first not in AMBIGUOUS
            and not _starts_sentence(text, one.start())
        ):
            names.append(one[0])
    return names


def _are_one(one: re.Match, two: re.Match, known: Known) -> bool:
    first, second = _bare(one[0]), _bare(two[0])
    exact = [known.exact.get(word, set()) for word in (first, second)]
    near = [known.near.get(word, set()) for word in (first, second)]
    if exact[0] & exact[1]:
        return True
    return _is_capital(one[0]) and _is_capital(two[0]) and bool(exact[0] & near[1] | near[0] & exact[1])


def _hits(borough: Territory, asked: Mapping[str, bool]) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """Cases by word of the text: under exactly this name or alias, and, where asked, with one letter wrong."""
    places: dict[str, list[tuple[str, bool]]] = {}
    for word, is_capital in asked.items():
        for part in words(word):
            for kind in ("name", "alias"):
                for token in sought(kind, part):
                    places.setdefault(token, []).append((word, True))
            for form in {part, *one_letter_short(part)} if is_capital else ():
                for token in sought("near", form):
                    places.setdefault(token, []).append((word, False))
    exact: dict[str, set[int]] = {}
    near: dict[str, set[int]] = {}
    there = Token.objects.filter(
        territory=borough, kind__in=("name", "alias", "near"), token__in=list(places)
    )
    for token, case in there.values_list("token", "case"):
        for word, is_exact in places[token]:
            near.setdefault(word, set()).add(case)
            if is_exact:
                exact.setdefault(word, set()).add(case)
    return exact, near
