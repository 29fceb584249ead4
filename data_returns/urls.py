from django.urls import path, register_converter

from data_returns.views import check, listing, question, task_list
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

urlpatterns = [
    path("", listing.ReturnList.as_view(), name="list"),
    path("open/", listing.open_return, name="open"),
    path(RETURN, task_list.task_list, name="return"),
    path(f"{RETURN}q/<int:number>/", question.question, name="question"),
    path(f"{RETURN}check/", check.check, name="check"),
]
