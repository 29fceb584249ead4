from django.urls import path, register_converter

from data_returns.views import (
    annual_report,
    building,
    check,
    copies,
    drafts,
    forms,
    importing,
    listing,
    question,
    records,
    released,
    releasing,
    round,
    scrutiny,
    signing,
    submitted,
    task_list,
    trends,
)
from data_returns.years import dashed, year_of


class ReportingYear:
    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> int:
        year = year_of(value)
        if year is None:
            raise ValueError(value)
        return year

    to_url = staticmethod(dashed)


register_converter(ReportingYear, "reporting_year")
app_name = "data_returns"
ROUND = "round/<reporting_year:year>/"
RETURN = "<slug:borough>/<reporting_year:year>/"
RECORDS = f"{RETURN}q/<int:number>/records/<slug:key>/"
FORM = "forms/<slug:area>/<slug:slug>/"
SUMS = "sums/<slug:area>/<reporting_year:year>/"

urlpatterns = [
    path("", listing.ReturnList.as_view(), name="list"),
    path("open/", listing.open_return, name="open"),
    path("forms/", forms.forms, name="forms"),
    path("forms/<slug:area>/start/", drafts.Start.as_view(), name="form_start"),
    path(FORM, forms.form, name="form"),
    path(f"{FORM}about/", drafts.About.as_view(), name="form_about"),
    path(f"{FORM}preview/", forms.preview, name="form_preview"),
    path(f"{FORM}publish/", drafts.Publish.as_view(), name="form_publish"),
    path(f"{FORM}withdraw/", drafts.withdraw, name="form_withdraw"),
    path(f"{FORM}discard/", drafts.discard, name="form_discard"),
    path(f"{FORM}questions/add/", building.EditQuestion.as_view(), name="form_add"),
    path(f"{FORM}questions/<slug:base>/", building.EditQuestion.as_view(), name="form_question"),
    path(f"{FORM}questions/<slug:base>/move/", building.move, name="form_move"),
    path(f"{FORM}questions/<slug:base>/remove/", building.remove, name="form_remove"),
    path(f"{FORM}checks/", building.Checks.as_view(), name="form_checks"),
    path(f"{FORM}checks/<int:position>/remove/", building.remove_check, name="form_check_remove"),
    path("<slug:borough>/trends/", trends.trends, name="trends"),
    path(SUMS, released.sums, name="sums"),
    path(f"{SUMS}release/", releasing.release_area, name="release_sums"),
    path("round/", round.newest, name="rounds"),
    path(ROUND, round.the_round, name="round"),
    path(f"{ROUND}open/", round.open_round, name="round_open"),
    path(f"{ROUND}due/", round.change_due, name="round_due"),
    path(f"{ROUND}extend/", round.extend, name="round_extend"),
    path(f"{ROUND}take-back/", round.take_back, name="round_take_back"),
    path(f"{ROUND}chase/", round.chase, name="round_chase"),
    path(f"{ROUND}csv/", round.export, name="round_export"),
    path(RETURN, task_list.task_list, name="return"),
    path(f"{RETURN}q/<int:number>/", question.question, name="question"),
    path(RECORDS, records.records, name="records"),
    path(f"{RECORDS}csv/", records.export, name="records_export"),
    path(f"{RETURN}import/", importing.import_file, name="import"),
    path(f"{RETURN}workbook/", importing.workbook, name="workbook"),
    path(f"{RETURN}check/", check.check, name="check"),
    path(f"{RETURN}sign/", signing.declare, name="sign"),
    path(f"{RETURN}view/", submitted.view, name="view"),
    path(f"{RETURN}pdf/", submitted.pdf, name="pdf"),
    path(f"{RETURN}release/", releasing.release_return, name="release"),
    path(f"{RETURN}released/", released.released, name="released"),
    path(f"{RETURN}copies/", copies.copies, name="copies"),
    path(f"{RETURN}copies/returned/", copies.take_in, name="copies_in"),
    path(f"{RETURN}copies/<int:number>/out/", copies.put_out, name="copy_out"),
    path(f"{RETURN}copies/<int:number>/pdf/", copies.pdf, name="copy_pdf"),
    path(f"{RETURN}report/", annual_report.pdf, name="report"),
    path(f"{RETURN}correct/", submitted.correction, name="correct"),
    path(f"{RETURN}review/", scrutiny.review, name="review"),
    path(f"{RETURN}review/ask/", scrutiny.ask, name="ask"),
    path(f"{RETURN}review/table/", scrutiny.table, name="table"),
    path(f"{RETURN}review/accept/", scrutiny.accept, name="accept"),
    path(f"{RETURN}review/send-back/", scrutiny.send_back, name="send_back"),
    path(f"{RETURN}review/<int:number>/say/", scrutiny.say, name="say"),
    path(f"{RETURN}review/<int:number>/close/", scrutiny.close, name="close"),
]
