"""The page that asks why, at whatever address a restricted case is opened: an answer holds for half an hour."""

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.timezone import now

from referrals.actions.guarding import give_reason
from referrals.forms.records import WhyForm
from referrals.looking import AskWhy, standing
from referrals.models import Case

KEPT, SALT = "reasons_given", "referrals.why"
OURS = {"csrfmiddlewaretoken", "why", "why_more", "why_from", "why_of"}


class AskWhyMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user.reasons_given = standing(request.session.get(KEPT, {}), now())
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """An answer: a page is opened anew, a form that waited for it goes on with what was typed."""
        if request.method != "POST" or "why_from" not in request.POST or not request.user.is_authenticated:
            return None
        asked = _asked(request)
        form = WhyForm(request.POST)
        if asked and not form.is_valid():
            return _page(request, asked, form)
        if asked:
            _keep(request, asked, form)
        if request.POST["why_from"] == "GET":
            return HttpResponseRedirect(request.get_full_path(), status=303)
        typed = request.POST.copy()
        for name in OURS - {"csrfmiddlewaretoken"}:
            typed.pop(name, None)
        request.POST = typed
        return None

    def process_exception(self, request, exception):
        if not isinstance(exception, AskWhy):
            return None
        page = _page(request, exception.cases, WhyForm())
        request.failed = True  # what the form did before it came here is undone
        return page


def _asked(request: HttpRequest) -> list[Case]:
    """The cases that this very page asked about, of whoever it asked."""
    try:
        person, cases = signing.loads(request.POST.get("why_of", ""), salt=SALT)
    except signing.BadSignature:
        return []
    return list(Case.objects.filter(pk__in=cases, is_restricted=True)) if person == request.user.pk else []


def _keep(request: HttpRequest, cases: list[Case], form: WhyForm) -> None:
    at, code = now(), form.cleaned_data["why"]
    for case in cases:
        give_reason(case, code=code, text=form.cleaned_data["why_more"], by=request.user, at=at)
    said = {str(case.pk): [code, at.timestamp()] for case in cases}
    request.session[KEPT] = request.session.get(KEPT, {}) | said
    request.user.reasons_given = standing(request.session[KEPT], at)


def _page(request: HttpRequest, cases: list[Case], form: WhyForm) -> HttpResponse:
    sent = [(n, v) for n, values in request.POST.lists() for v in values if n not in OURS]
    origin = request.POST.get("why_from") or request.method
    asked = signing.dumps([request.user.pk, [case.pk for case in cases]], salt=SALT)
    context = {"cases": cases, "asked": asked, "form": form, "sent": sent, "origin": origin}
    return render(request, "referrals/why.html", context, status=403)
