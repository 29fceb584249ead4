"""What a person sees of an imported protocol."""

from html.parser import HTMLParser

from mappa_portal.text import markdown_to_html
from protocols.importer import ImportedProtocol


def tree(imported: ImportedProtocol) -> list[str]:
    return ["  " * (clause.depth - 1) + clause.heading for clause in imported.clauses]


def words(imported: ImportedProtocol) -> list[str]:
    return [word for clause in imported.clauses for word in clause.heading.split() + seen(clause.body)]


def seen(markdown: str) -> list[str]:
    """The words of a clause's body as the pages show it."""
    page = _Text()
    page.feed(markdown_to_html(markdown))
    page.close()
    return page.text.split()


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.text = ""

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attrs):
        self.text += "" if tag in ("strong", "em") else " "

    def handle_endtag(self, tag):
        self.handle_starttag(tag, ())
