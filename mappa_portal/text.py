"""Text that people write, as HTML: a small part of Markdown, everything else escaped (assurance P1)."""

from functools import cache
from urllib.parse import urlsplit

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "link_open": "govuk-link",
    "blockquote_open": "govuk-inset-text",
    "table_open": "govuk-table",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
    "tr_open": "govuk-table__row",
    "hr": "govuk-section-break govuk-section-break--m govuk-section-break--visible",
}
HEADINGS = {1: "govuk-heading-l", 2: "govuk-heading-m", 3: "govuk-heading-s"}


def markdown_to_html(text: str, top: int = 2) -> SafeString:
    """``top`` is the level of the text's highest heading on the page it stands on."""
    tokens = _parser().parse(text)
    shift = top - min((int(t.tag[1]) for t in tokens if t.type == "heading_open"), default=top)
    for token in _all(tokens):
        if token.type in ("heading_open", "heading_close"):
            _set_level(token, int(token.tag[1]) + shift)
        elif token.type in CLASSES:
            token.attrs.pop("style", None)  # aligned columns: no style attributes under our CSP
            token.attrSet("class", CLASSES[token.type])
    # The one place where text is declared safe: the parser escapes HTML, makes no images, checks addresses.
    return SafeString(_parser().renderer.render(tokens, _parser().options, {}))  # nosec B703


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.validateLink = _is_link
    return parser


def _is_link(address: str) -> bool:
    try:
        return urlsplit(address).scheme in ("https", "mailto")
    except ValueError:
        return False


def _all(tokens):
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _set_level(token, level: int) -> None:
    token.tag = f"h{min(level, 6)}"
    if token.nesting == 1:
        token.attrSet("class", HEADINGS.get(min(level, 3), "govuk-heading-s"))
