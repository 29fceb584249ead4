from django import forms
from django.db.models import Q

from mappa_portal.forms import Form
from outbox.models import Message

State = Message.State
SHOWN = {  # what the filter offers, and which messages it means
    "waiting": ("Waiting or being sent", Q(state__in=[State.QUEUED, State.SENDING], is_given_up=False)),
    "sent": ("Sent", Q(state=State.SENT)),
    "refused": ("Refused or not sent", Q(state=State.FAILED) | Q(is_given_up=True) & ~Q(state=State.SENT)),
    "uncertain": ("Perhaps arrived twice", Q(unanswered__gt=0)),
}


class MessageFilter(Form):
    state = forms.ChoiceField(
        choices=[("", "All"), *((key, label) for key, (label, _) in SHOWN.items())], required=False
    )
    words = forms.CharField(label="Recipient or subject", max_length=100, required=False)

    def narrow(self, found):
        """A filter that cannot be read shows nothing, beside its error."""
        if not self.is_valid():
            return found.none()
        if state := self.cleaned_data["state"]:
            found = found.filter(SHOWN[state][1])
        if words := self.cleaned_data["words"]:
            found = found.filter(
                Q(to_name__icontains=words) | Q(to_email__icontains=words) | Q(subject__icontains=words)
            )
        return found
