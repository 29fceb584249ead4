"""The mail of a unit, and jobs that need a person."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from mappa_portal.pagination import keyset
from outbox import actions
from outbox.access import require_mail
from outbox.forms import MessageFilter
from outbox.models import SEND, Job, Message
from outbox.rules import MESSAGE_RULES
from outbox.words import name_of, status_of, why, without_links


@login_required
def message_list(request):
    require_mail(request.user)
    form = MessageFilter(request.GET)
    found = Message.objects.for_user(request.user).with_job()
    page = keyset(form.narrow(found).defer("text", "html"), request, "-created_at", "-pk")
    return render(
        request,
        "outbox/messages.html",
        {
            "form": form,
            "page": page,
            "rows": [(message, *status_of(message)) for message in page],
            "attention": Job.objects.for_user(request.user).needing_attention().count(),
        },
    )


@login_required
def message_detail(request, reference):
    require_mail(request.user)
    found = Message.objects.for_user(request.user).with_job()
    message = get_object_or_404(found.select_related("territory", "about"), reference=reference)
    return render(
        request,
        "outbox/message.html",
        {
            "message": message,
            "status": status_of(message),
            "text": without_links(message.text),
            "allowed": MESSAGE_RULES.allowed(request.user, message),
        },
    )


@login_required
@require_POST
def resend(request, reference):
    require_mail(request.user)
    message = get_object_or_404(Message.objects.for_user(request.user), reference=reference)
    actions.resend(message, by=request.user)
    messages.success(request, f"The email to {message.to_name} is on its way again.")
    return redirect("outbox:message", reference)


@login_required
def job_list(request):
    require_mail(request.user)
    found = Job.objects.for_user(request.user).needing_attention().select_related("territory", "about")
    page = keyset(found, request, "failed_at", "pk")
    mails = Message.objects.in_bulk([job.subject_id for job in page if job.kind == SEND])
    rows = [
        (job, name_of(job), why(job), mails.get(job.subject_id) if job.kind == SEND else None) for job in page
    ]
    return render(request, "outbox/jobs.html", {"page": page, "rows": rows})


@login_required
@require_POST
def try_again(request, reference):
    require_mail(request.user)
    job = actions.try_again(_job(request, reference), by=request.user)
    messages.success(request, f"The portal tries again: {name_of(job)}.")
    return redirect("outbox:jobs")


@login_required
@require_POST
def close(request, reference):
    require_mail(request.user)
    job = actions.close(_job(request, reference), by=request.user)
    messages.success(request, f"This job will not be done: {name_of(job)}.")
    return redirect("outbox:jobs")


def _job(request, reference) -> Job:
    return get_object_or_404(Job.objects.for_user(request.user), reference=reference)
