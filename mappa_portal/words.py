"""Words that are written the same on pages, in documents, exports and emails: markings, plurals, dates."""

from datetime import date, datetime

from django.utils.timezone import localtime

OFFICIAL = "OFFICIAL"
OFFICIAL_SENSITIVE = "OFFICIAL-SENSITIVE"


def plural(number: int, one: str, many: str = "") -> str:
    """``{% plural 3 "agency" "agencies" %}``: 3 agencies."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def lower_first(text) -> str:
    """For the middle of a sentence; abbreviations stay: "MAPPA chair", "date of birth"."""
    text = str(text)
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def upper_first(text) -> str:
    return str(text)[:1].upper() + str(text)[1:]


# -- Dates and times, in London --


def _day(value: date | datetime | None) -> date | None:
    return localtime(value).date() if isinstance(value, datetime) else value


def long_date(value) -> str:
    """21 November 2026"""
    day = _day(value)
    return f"{day.day} {day:%B %Y}" if day else ""


def short_date(value) -> str:
    """21 Nov 2026, for tables"""
    day = _day(value)
    return f"{day.day} {day:%b %Y}" if day else ""


def month_of(day: date) -> str:
    """Nov 2026, for charts and their tables"""
    return f"{day:%b %Y}"


def weekday_date(value) -> str:
    """Thursday 12 November 2026, for meetings and deadlines"""
    day = _day(value)
    return f"{day:%A} {day.day} {day:%B %Y}" if day else ""


def clock(value) -> str:
    """10:42am, 10am, midday, midnight"""
    if value is None:
        return ""
    time = localtime(value).time() if isinstance(value, datetime) else value
    if time.minute == 0 and time.hour in (0, 12):
        return "midday" if time.hour else "midnight"
    minutes = f":{time.minute:02}" if time.minute else ""
    return f"{time.hour % 12 or 12}{minutes}{'am' if time.hour < 12 else 'pm'}"


def moment(value) -> str:
    """21 November 2026 at 10:42am"""
    return f"{long_date(value)} at {clock(value)}" if value else ""
