import html5lib


def page(response):
    """Parse strictly: invalid HTML raises."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(response.content.decode())
