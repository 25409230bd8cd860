"""Calendar periods: days, ISO weeks (Monday first), months, quarters, years.

A period is a pair of days, both included. Nothing here knows the clock: the
caller says what day it is.
"""

from datetime import date, timedelta
from typing import NamedTuple

UNITS = ("day", "week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Period(NamedTuple):
    """The days from ``date_from`` to ``date_to``, both included."""

    date_from: date
    date_to: date


def add_months(day, count):
    """Return the first day of the month ``count`` months after that of ``day``.

    >>> add_months(date(2026, 1, 31), -2)
    datetime.date(2025, 11, 1)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, 1)


def period_of(unit, day):
    """Return the period of kind ``unit`` in which ``day`` lies.

    >>> period_of("week", date(2026, 11, 22))
    Period(date_from=datetime.date(2026, 11, 16), date_to=datetime.date(2026, 11, 22))
    >>> period_of("quarter", date(2026, 11, 22)).date_from
    datetime.date(2026, 10, 1)
    >>> period_of("month", date(2028, 2, 1)).date_to
    datetime.date(2028, 2, 29)
    """
    if unit == "day":
        return Period(day, day)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    months = _MONTHS[unit]
    start = add_months(day, -((day.month - 1) % months))
    return Period(start, add_months(start, months) - timedelta(days=1))


def periods_until(unit, day, count):
    """Return the ``count`` periods, oldest first, of which the last holds ``day``.

    >>> [str(p.date_from) for p in periods_until("month", date(2026, 1, 15), 3)]
    ['2025-11-01', '2025-12-01', '2026-01-01']
    >>> periods_until("day", date(2026, 1, 1), 0)
    []
    """
    periods = []
    for _index in range(count):
        period = period_of(unit, day)
        periods.append(period)
        day = period.date_from - timedelta(days=1)
    return periods[::-1]


def periods_between(unit, first, last):
    """Return the periods from the one that holds ``first`` to that of ``last``.

    >>> [str(p.date_to) for p in periods_between(
    ...     "quarter", date(2025, 12, 31), date(2026, 4, 1))]
    ['2025-12-31', '2026-03-31', '2026-06-30']
    >>> periods_between("year", date(2026, 1, 1), date(2025, 1, 1))
    []
    """
    periods = []
    period = period_of(unit, first)
    while period.date_from <= last:
        periods.append(period)
        period = period_of(unit, period.date_to + timedelta(days=1))
    return periods


def cut_off(periods, today):
    """Return ``periods`` up to ``today``: the running one ends there.

    >>> month = period_of("month", date(2026, 11, 1))
    >>> cut_off([month], date(2026, 11, 22))[0].date_to
    datetime.date(2026, 11, 22)
    >>> cut_off([month], date(2026, 10, 31))
    []
    """
    return [
        Period(period.date_from, min(period.date_to, today))
        for period in periods
        if period.date_from <= today
    ]
