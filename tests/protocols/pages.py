"""What tests of pages do alike: read, fill in, name addresses and days."""

from django.test import Client

from protocols.models import TemplateVersion, Version


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def fill_in(client: Client, url: str, form: str = "form", **values):
    """Post the page's own form: what stands in it, changed by ``values``."""
    opened = client.get(url).context[form]
    data = {opened.add_prefix(n): opened[n].value() for n in opened.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    return client.post(url, data | values)


def on(day) -> dict[str, int]:
    return {"decided_on_day": day.day, "decided_on_month": day.month, "decided_on_year": day.year}


def url(thing, page: str = "") -> str:
    if isinstance(thing, TemplateVersion):
        return f"/protocols/templates/{thing.template.reference}/{thing.number}/{page}"
    protocol = thing.protocol if isinstance(thing, Version) else thing
    return f"/protocols/{protocol.reference}/{page}"
