from django.urls import path, register_converter

from data_returns.views import (
    check,
    listing,
    question,
    released,
    releasing,
    scrutiny,
    signing,
    submitted,
    task_list,
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
RETURN = "<slug:borough>/<reporting_year:year>/"
SUMS = "sums/<slug:area>/<reporting_year:year>/"

urlpatterns = [
    path("", listing.ReturnList.as_view(), name="list"),
    path("open/", listing.open_return, name="open"),
    path(SUMS, released.sums, name="sums"),
    path(f"{SUMS}release/", releasing.release_area, name="release_sums"),
    path(RETURN, task_list.task_list, name="return"),
    path(f"{RETURN}q/<int:number>/", question.question, name="question"),
    path(f"{RETURN}check/", check.check, name="check"),
    path(f"{RETURN}sign/", signing.declare, name="sign"),
    path(f"{RETURN}view/", submitted.view, name="view"),
    path(f"{RETURN}pdf/", submitted.pdf, name="pdf"),
    path(f"{RETURN}release/", releasing.release_return, name="release"),
    path(f"{RETURN}released/", released.released, name="released"),
    path(f"{RETURN}correct/", submitted.correction, name="correct"),
    path(f"{RETURN}review/", scrutiny.review, name="review"),
    path(f"{RETURN}review/ask/", scrutiny.ask, name="ask"),
    path(f"{RETURN}review/table/", scrutiny.table, name="table"),
    path(f"{RETURN}review/accept/", scrutiny.accept, name="accept"),
    path(f"{RETURN}review/send-back/", scrutiny.send_back, name="send_back"),
    path(f"{RETURN}review/<int:number>/say/", scrutiny.say, name="say"),
    path(f"{RETURN}review/<int:number>/close/", scrutiny.close, name="close"),
]
