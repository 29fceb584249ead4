"""``{% organisation_link organisation %}``: its name, leading to the page about it that this person may open."""

from django import template
from django.utils.html import format_html

from boards.directory import page_of

register = template.Library()


@register.simple_tag(takes_context=True)
def organisation_link(context, organisation):
    url = page_of(context["request"].user, organisation)
    return format_html('<a class="govuk-link" href="{}">{}</a>', url, organisation) if url else organisation
