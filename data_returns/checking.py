"""A return held against its rules: what it says, last year's, the registers, and words that nobody has cleared."""

from data_returns.checks import Beside, Result, check
from data_returns.models import Return
from data_returns.personal import Known, suspects
from data_returns.register import counts
from data_returns.years import first_day, last_day
from meetings.performance import figures


def result_of(data_return: Return) -> Result:
    cleared = {answer.key: answer.cleared for answer in data_return.answers.all()}
    known = Known.of(data_return.territory, data_return.said().texts.values())

    def personal(key: str, text: str) -> list[str]:
        return [word for word in suspects(text, known) if word not in cleared[key]]

    return check(data_return.form, data_return.said(), beside(data_return), personal)


def beside(data_return: Return) -> Beside:
    borough, year = data_return.territory, data_return.year
    kpis = figures.of_borough(borough, first_day(year), last_day(year), None).kpis
    return Beside(
        last_year=figures_of(data_return, year - 1, None),
        register=counts(data_return.form, borough, year),
        rates={a.code: (a.rate.met, _in_words(a.rate)) for a in kpis.agencies if a.rate.required},
        under_18_discussions=kpis.joint.required if kpis.counts.discussions else None,
    )


def _in_words(rate) -> str:
    return f"{rate.percentage}% ({rate.attended} of {rate.required})"


def figures_of(data_return: Return, year: int, user) -> dict[str, int] | None:
    """Of the newest signed return of that year that the user, or None for the system, sees; None without one."""
    signed = seen_by(user).filter(territory=data_return.territory_id, year=year).signed()
    found = signed.order_by("-number").first()
    return dict(found.said().figures) if found else None


def seen_by(user):
    """A board sees what it was given; the system sees all."""
    return Return.objects.for_user(user) if user else Return.objects.all()
