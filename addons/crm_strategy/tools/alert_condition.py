"""Whether figures of a measure call for an alert.

Nothing here knows the database or the clock. A figure that is missing (None)
never raises an alert, and ends a row of periods that do.
"""

from typing import NamedTuple

from .measure_period import add_months, period_of
from .measure_trend import TINY

LEVELS = ("above", "below")
CHANGES = ("rise", "fall")


class Condition(NamedTuple):
    """What a rule asks for.

    ``kind``: the figure is ``above`` or ``below`` the threshold, or its change
    against the reference is a ``rise`` or ``fall`` by more than the threshold,
    as a fraction of the reference's size if ``is_percent``.
    ``in_a_row``: how many periods, the last one included, must say so.
    """

    kind: str
    threshold: float
    is_percent: bool = False
    in_a_row: int = 1


class Verdict(NamedTuple):
    """``compared`` is what was held against the threshold, None if undefined."""

    is_raised: bool
    compared: float | None


def judge(condition, value, reference=None):
    """Judge the figure of one period.

    >>> judge(Condition("below", 100.0), 99.0)
    Verdict(is_raised=True, compared=99.0)
    >>> judge(Condition("below", 100.0), 100.0).is_raised
    False
    >>> judge(Condition("fall", 0.1, is_percent=True), 80.0, 100.0)
    Verdict(is_raised=True, compared=-0.2)
    >>> judge(Condition("fall", 0.1, is_percent=True), 90.0, 100.0).is_raised
    False
    >>> judge(Condition("rise", 5.0), 12.0, 6.0)
    Verdict(is_raised=True, compared=6.0)
    >>> judge(Condition("rise", 0.5, is_percent=True), -10.0, -40.0).compared
    0.75

    Without a figure, or in percent of nothing, there is no verdict:

    >>> judge(Condition("above", 1.0), None)
    Verdict(is_raised=False, compared=None)
    >>> judge(Condition("rise", 0.1, is_percent=True), 5.0, 0.0)
    Verdict(is_raised=False, compared=None)
    >>> judge(Condition("rise", 3.0), 5.0, 0.0).is_raised
    True
    >>> judge(Condition("rise", 3.0), 5.0, None).compared is None
    True
    """
    compared = _compare(condition, value, reference)
    if compared is None:
        return Verdict(False, None)
    limit = -condition.threshold if condition.kind == "fall" else condition.threshold
    excess = compared - limit
    if condition.kind in ("below", "fall"):
        excess = -excess
    return Verdict(excess > TINY * max(1.0, abs(limit)), compared)


def _compare(condition, value, reference):
    if value is None or condition.kind in LEVELS:
        return value
    if reference is None:
        return None
    if not condition.is_percent:
        return value - reference
    return (value - reference) / abs(reference) if abs(reference) >= TINY else None


def judge_row(condition, figures):
    """Judge the last of some periods that follow each other, newest first.

    :param figures: (value, reference) of at least ``in_a_row`` periods

    >>> three = Condition("below", 10.0, in_a_row=3)
    >>> judge_row(three, [(7.0, None), (8.0, None), (9.0, None)])
    Verdict(is_raised=True, compared=7.0)
    >>> judge_row(three, [(7.0, None), (12.0, None), (9.0, None)]).is_raised
    False
    >>> judge_row(three, [(7.0, None), (None, None), (9.0, None)]).is_raised
    False
    >>> judge_row(three, [(7.0, None), (8.0, None)]).is_raised
    False
    """
    verdicts = [judge(condition, *pair) for pair in figures[: condition.in_a_row]]
    enough = len(verdicts) == condition.in_a_row
    is_raised = enough and all(verdict.is_raised for verdict in verdicts)
    return Verdict(is_raised, verdicts[0].compared if verdicts else None)


def last_year_start(unit, date_from):
    """Return the first day of the same period a year before.

    The week of the same place is 52 weeks earlier: it begins on a Monday too.

    >>> from datetime import date
    >>> last_year_start("month", date(2026, 3, 1))
    datetime.date(2025, 3, 1)
    >>> last_year_start("week", date(2026, 3, 16))
    datetime.date(2025, 3, 17)
    >>> last_year_start("day", date(2024, 2, 29))
    datetime.date(2023, 2, 28)
    """
    if unit == "week":
        return date_from.fromordinal(date_from.toordinal() - 364)
    month = add_months(date_from, -12)
    if unit == "day":
        last = period_of("month", month).date_to
        return month.replace(day=min(date_from.day, last.day))
    return month


def is_met(before, expected, after, direction):
    """Tell whether a figure came to where it was expected.

    The way is the one from ``before`` to ``expected``; where those are equal or
    nothing was known before, the measure's direction says what is enough.

    >>> is_met(100.0, 120.0, 121.0, "more"), is_met(100.0, 120.0, 119.0, "more")
    (True, False)
    >>> is_met(30.0, 20.0, 20.0, "less"), is_met(30.0, 20.0, 25.0, "more")
    (True, False)
    >>> is_met(None, 20.0, 25.0, "less"), is_met(50.0, 50.0, 51.0, "more")
    (False, True)
    """
    is_upwards = direction != "less"
    if before is not None and abs(expected - before) > TINY:
        is_upwards = expected > before
    tolerance = TINY * max(1.0, abs(expected))
    if is_upwards:
        return after >= expected - tolerance
    return after <= expected + tolerance
