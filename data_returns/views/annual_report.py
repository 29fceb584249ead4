"""The annual performance report to the board, as one PDF made while the person waits."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.utils import timezone

from boards.models import AreaSettings
from data_returns.annual_report import AnnualReport
from data_returns.models import Return
from data_returns.pdf import pages
from data_returns.views.submitted import columns_of, row
from data_returns.views.trends import shown_trend
from documents.apart import render_apart
from mappa_portal.exports import download
from meetings.performance.exports import limit_exports, record_export
from meetings.views.figure_files import table_rows


@login_required
def pdf(request, borough: str, year: int):
    found = Return.objects.for_user(request.user).filter(territory__slug=borough, year=year).signed()
    found = found.select_related("territory__parent", "organisation", "board", "signed_by")
    data_return = found.prefetch_related("figures", "answers").order_by("-number").first()
    if data_return is None:
        raise Http404
    limit_exports(request.user)
    body = _made(AnnualReport.of(data_return, request.user))
    record_export(data_return.territory, 1, by=request.user, kind="annual report")
    return download(f"annual-report-{borough}-{data_return.years}.pdf", body, "application/pdf")


def _made(report: AnnualReport) -> bytes:
    data_return, now = report.data_return, timezone.now()
    title = f"MAPPA annual performance report {data_return.label}, {data_return.territory}"
    marking = AreaSettings.objects.get(territory=data_return.territory.parent).marking
    return render_apart(
        "pdf/annual_report.html",
        _context(report) | {"title": title, "made_at": now},
        title=title,
        marking=marking,
        identifier=f"annual-report-{data_return.reference}-{data_return.number}-{now:%Y%m%dT%H%M%S}",
        created=now,
        reference=data_return.reference,
    )


def _context(report: AnnualReport) -> dict:
    data_return: Return = report.data_return
    columns = columns_of(data_return.year, report.lines)
    return {
        "data_return": data_return,
        "summary": list(report.summary()),
        "columns": columns,
        "groups": [
            (title, [row(line)[: len(columns)] for line in found])
            for title, found in data_return.form.by_question(report.lines)
        ],
        "document": pages(data_return, "", ""),
        "trends": [shown_trend(trend) for trend in report.trends],
        "report": report.kpis,
        "tables": table_rows(report.kpis),
        "follow_ups": report.follow_ups.in_words,
    }
