"""The public verification pages, and handing out a file."""

from allauth.account.adapter import get_adapter
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from audit.events import record
from documents.forms import NO_SUCH_CODE, CodeForm, FileForm
from documents.look_up import code_in, expected_by_code
from documents.models import Document
from documents.verify import Expected, Verdict, verify
from mappa_portal.limits import limit


def deliver(request: HttpRequest, document: Document) -> HttpResponse:
    """The present file, as a download. The caller got ``document`` through ``for_user`` (U2)."""
    revision = document.latest
    record("document.downloaded", document, by=request.user, reason=f"revision {revision.number}")
    response = HttpResponse(revision.read(), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, document.filename)
    response["Content-Security-Policy"] = "sandbox"
    return response


def start(request: HttpRequest) -> HttpResponse:
    """Enter a code, or give a file: it says itself which document it claims to be."""
    _limit(request)
    if request.method == "POST":
        files = FileForm(request.POST, request.FILES)
        if not files.is_valid():
            return _ask(request, files=files)
        pdf = files.cleaned_data["file"].read()
        expected = expected_by_code(code_in(pdf))
        return _show(request, expected, verify(pdf, expected), FileForm())
    codes = CodeForm(request.GET) if "code" in request.GET else CodeForm()
    if codes.is_bound and codes.is_valid():
        return redirect("documents:verify", code=codes.cleaned_data["code"])
    return _ask(request, codes=codes)


def check(request: HttpRequest, code: str) -> HttpResponse:
    """What the portal holds under a code; and, with a file, whether it is that document."""
    _limit(request)
    expected = expected_by_code(code)
    if expected is None:
        codes = CodeForm({"code": code})
        if codes.is_valid():
            codes.add_error("code", NO_SUCH_CODE)
        return _ask(request, codes=codes, status=404)
    if request.method == "POST":
        files = FileForm(request.POST, request.FILES)
        if files.is_valid():
            return _show(request, expected, verify(files.cleaned_data["file"].read(), expected), FileForm())
        return _show(request, expected, None, files)
    return _show(request, expected, None, FileForm())


def certificates(request: HttpRequest) -> HttpResponse:
    """The roots of the signatures, so that a PDF reader can be told to trust them."""
    from documents.authority import authority  # loads pyHanko, which takes a second

    pem = b"".join(root.public_bytes(Encoding.PEM) for root in authority().roots)
    response = HttpResponse(pem, content_type="application/x-pem-file")
    response["Content-Disposition"] = content_disposition_header(True, "mappa-portal-authority.pem")
    return response


def _limit(request: HttpRequest) -> None:
    """Enough for a meeting room behind one address, too little to try codes."""
    limit("verify", get_adapter().get_client_ip(request), most=60)


def _ask(
    request: HttpRequest, *, codes: CodeForm | None = None, files: FileForm | None = None, status: int = 200
) -> HttpResponse:
    forms = {"codes": codes or CodeForm(), "files": files or FileForm()}
    return render(request, "documents/start.html", forms, status=status)


def _show(
    request: HttpRequest, expected: Expected | None, verdict: Verdict | None, files: FileForm
) -> HttpResponse:
    kind = Document.Kind(expected.kind).label if expected else ""
    facts = {"expected": expected, "kind": kind, "verdict": verdict, "files": files}
    return render(request, "documents/verify.html", facts)
