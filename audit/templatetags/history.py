"""``{% history object %}`` at the foot of a page; ``{% last_change object as change %}`` beside a clash."""

from django import template

from audit.history import history_of, last_change

register = template.Library()
register.simple_tag(last_change)


@register.inclusion_tag("audit/history.html", takes_context=True)
def history(context, subject, reference=""):
    return {"entries": history_of(context["request"].user, subject, reference)}
