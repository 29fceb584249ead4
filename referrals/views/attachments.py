"""The files of a referral: their page, one to read, and taking one off."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from mappa_portal.action_form import ActionFormView
from mappa_portal.exports import download
from mappa_portal.words import OFFICIAL_SENSITIVE
from referrals.actions import attachments as actions
from referrals.actions import referrals
from referrals.forms.attachments import AttachmentForm, DetachForm
from referrals.models import ReferralAttachment
from referrals.views.referrals import ReferralMixin, require

Kind = ReferralAttachment.Kind
TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class AttachmentList(ReferralMixin, ActionFormView):
    template_name = "referrals/files.html"
    form_class = AttachmentForm
    title, button = "Files", "Add file"

    def get(self, request, *args, **kwargs):
        if self.referral.attachments.exists():
            referrals.look(self.referral, by=request.user)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        require("fill", self.referral, request.user)
        return super().post(request, *args, **kwargs)

    def act(self, form):
        actions.attach(self.referral, **form.values, by=self.request.user, at=timezone.now())
        return self.done("The file is added.", "referral:files")


class AttachmentMixin(ReferralMixin):
    @cached_property
    def attachment(self) -> ReferralAttachment:
        return get_object_or_404(self.referral.attachments.listed(), key=self.kwargs["key"])


class AttachmentFile(AttachmentMixin, View):
    def get(self, request, *args, **kwargs) -> HttpResponse:
        """Under the referral's reference: what the file is called names people."""
        there = self.attachment
        content = actions.read(there, by=request.user)
        name = f"{OFFICIAL_SENSITIVE} {self.referral.reference} {str(there.key)[:8]}.{there.kind}"
        return download(name, content, TYPES[Kind(there.kind)])


class AttachmentRemove(AttachmentMixin, ActionFormView):
    template_name = "referrals/referral_form.html"
    form_class, rule = DetachForm, "fill"
    title, button = "Remove this file?", "Remove file"

    def get_context_data(self, **kwargs):
        lead = f"{self.attachment.what}: it is deleted for good."
        return super().get_context_data(lead=lead, **kwargs)

    def act(self, form):
        actions.detach(self.referral, self.attachment, by=self.request.user)
        return self.done("The file is removed.", "referral:files")
