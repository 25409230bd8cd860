"""The 7 P of a customer: sources, windows and scores, without Odoo.

Each P is a part with a table of its own, one row per customer and company. A part is
filled by sources, and scored by factors: a factor takes one column of the part and
gives 0 to 100 points, linear between the value that is worth nothing and the value
that is worth everything. The score of a part is the mean of the points of its factors
by their weights, the total is the mean of the scores of the parts by theirs. What is
not known has no points and no weight.
"""

import datetime
import math
from typing import NamedTuple

PARTS = (
    "profiling",
    "persistency",
    "profitability",
    "performance",
    "prospecting",
    "product",
    "promotion",
)
MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]


class Window(NamedTuple):
    """The days that a refresh looks at; anchored at the last full one."""

    #: last day that counts
    as_of: datetime.date
    #: first day of the 12 months that end with ``as_of``
    start: datetime.date
    #: first day of the 12 months before these
    former_start: datetime.date
    #: the UTC instants at which the days begin, and at which ``as_of`` ends
    start_instant: datetime.datetime
    former_start_instant: datetime.datetime
    end_instant: datetime.datetime
    #: a month end is worked out in retrospect
    is_past: bool = False


class Source(NamedTuple):
    """Who fills which columns of a part, and how.

    ``method`` names a method of ``crm.scorecard.source`` that takes ``(company,
    window, customers)`` and returns the statement of rows ``customer_id, *columns``;
    ``customers`` is None for all, or a statement giving their ids. ``changed`` names
    one that takes ``(company, since)`` and returns the statement of the ``customer_id``
    whose rows may have changed. A source without a method is ``lacking``: the text
    says what would bring it.
    """

    key: str
    part: str
    label: str
    columns: tuple[str, ...]
    method: str | None
    changed: str | None = None
    lacking: str | None = None
    #: columns that are 0, not unknown, where the source has no row for a customer
    zero: tuple[str, ...] = ()
    #: method ``(company, window, customers)`` that makes a temporary table once per
    #: run, before all parts; sources that name the same one share it
    prepare: tuple[str, ...] = ()
    #: whether it can tell what was true on a day in the past
    is_dated: bool = True


class CostSource(NamedTuple):
    """What customers cost beyond the goods, by one kind of record.

    ``method`` names a method of ``crm.scorecard.source`` that takes ``(company, window,
    customers, orders)`` and returns the statement of rows ``id, customer_id, day,
    cost``: the costs of the days of the window, one by one, in the currency of the
    company. ``customers`` is as with :class:`Source`; ``orders`` is a relation of the
    purchases, for whoever needs them. A source without a method is ``lacking``.
    """

    key: str
    label: str
    #: the amount of ``crm.scorecard.profitability`` that it fills
    column: str | None = None
    method: str | None = None
    #: as with :class:`Source`
    changed: str | None = None
    lacking: str | None = None
    #: 1 for a cost, -1 for what the margin bears already
    sign: int = 1
    #: column of a second day of the rows: they count where both are in the same time
    along: str | None = None
    #: method of ``crm.profit.report`` that shares the costs out to products; those
    #: of a source without one belong to no product
    shared: str | None = None


def year_before(day):
    """Return the day a year earlier.

    >>> year_before(datetime.date(2024, 2, 29)), year_before(datetime.date(2025, 3, 1))
    (datetime.date(2023, 2, 28), datetime.date(2024, 3, 1))
    """
    if (day.month, day.day) == (2, 29):
        return day.replace(year=day.year - 1, day=28)
    return day.replace(year=day.year - 1)


def window_days(as_of):
    """Return the first days of the 12 months up to ``as_of`` and of those before.

    >>> window_days(datetime.date(2026, 6, 30))
    (datetime.date(2025, 7, 1), datetime.date(2024, 7, 1))
    """
    day = datetime.timedelta(days=1)
    return year_before(as_of) + day, year_before(year_before(as_of)) + day


def half_up(number):
    """Return the nearest whole number, the higher one of two equally near.

    >>> half_up(0.5), half_up(1.5), half_up(1.49)
    (1, 2, 1)
    """
    return math.floor(number + 0.5)


def points_of(value, zero, full):
    """Return the whole points, 0 to 100, that ``value`` is worth; None if unknown.

    Where ``full`` lies below ``zero``, less is better.

    >>> points_of(5, 0, 20), points_of(50, 0, 20), points_of(-1, 0, 20)
    (25, 100, 0)
    >>> points_of(30, 90, 0), points_of(None, 0, 20) is None
    (67, True)
    """
    if value is None:
        return None
    share = (value - zero) / (full - zero)
    return half_up(100 * min(1.0, max(0.0, share)))


def weighted_mean(pairs):
    """Return the mean of ``(figure, weight)`` as a whole number; None if none is known.

    >>> weighted_mean([(100, 1), (50, 2), (None, 5)])
    67
    >>> weighted_mean([(None, 1), (80, 0)]) is None
    True
    """
    known = [(figure, weight) for figure, weight in pairs if figure is not None]
    total = sum(weight for _figure, weight in known)
    if not total:
        return None
    return half_up(sum(figure * weight for figure, weight in known) / total)


def round_significant(number, digits=2):
    """Return ``number`` rounded to so many significant digits.

    >>> round_significant(12345.0), round_significant(0.0347), round_significant(0)
    (12000.0, 0.035, 0)
    """
    if not number:
        return number
    return round(number, digits - 1 - math.floor(math.log10(abs(number))))


def propose_bounds(spread, *, less_is_better=False):
    """Return the values for 0 and for 100 points, or None where all are alike.

    ``spread`` holds the lowest value, the 10th and 90th percentile and the highest
    one. Where most customers are alike, lowest and highest value are taken.

    >>> propose_bounds([0.0, 1234.0, 9876.0, 50000.0])
    (1200.0, 9900.0)
    >>> propose_bounds([0.0, 1.0, 1.0, 7.0], less_is_better=True)
    (7.0, 0.0)
    >>> propose_bounds([3.0, 3.0, 3.0, 3.0]) is None, propose_bounds(None) is None
    (True, True)
    """
    if not spread:
        return None
    lowest, low, high, highest = spread
    if low == high:
        low, high = lowest, highest
    if low == high:
        return None
    rounded = round_significant(low), round_significant(high)
    low, high = rounded if rounded[0] != rounded[1] else (low, high)
    return (high, low) if less_is_better else (low, high)
