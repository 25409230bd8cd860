"""When care rules call for a touch, and why some of their occasions get none.

Plain Python: the models fetch occasions and facts, and create what comes out.

A touch is worth making for some days after its day: whoever had his birthday on
Saturday is congratulated on Monday, but not four weeks later.
"""

from datetime import date, timedelta

from .contact_frequency import why_not_contacted

#: Days after which an occasion that nobody looked at in time is left alone.
GRACE_DAYS = 7


def anniversary(day: date, year: int) -> date:
    """Return the day on which ``day`` comes round in ``year``.

    Who was born on 29 February is congratulated on 28 February in other years:

    >>> anniversary(date(1980, 2, 29), 2027), anniversary(date(1980, 2, 29), 2028)
    (datetime.date(2027, 2, 28), datetime.date(2028, 2, 29))
    >>> anniversary(date(1980, 12, 31), 2026)
    datetime.date(2026, 12, 31)
    """
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def window(today: date, offset: int, notice: int, grace: int | None = GRACE_DAYS):
    """Return the first and last day of occasions whose touch is to be planned now.

    :param offset: days from the occasion to its touch, negative before it
    :param notice: how many days ahead touches are planned
    :param grace: None where an occasion never is too old

    >>> window(date(2026, 3, 10), 0, 14)
    (datetime.date(2026, 3, 3), datetime.date(2026, 3, 24))

    Thirty days before the end of a warranty:

    >>> window(date(2026, 3, 10), -30, 14)
    (datetime.date(2026, 4, 2), datetime.date(2026, 4, 23))
    >>> window(date(2026, 3, 10), 0, 0, None)
    (datetime.date(1, 1, 1), datetime.date(2026, 3, 10))
    """
    last = today + timedelta(days=notice - offset)
    if grace is None:
        return date.min, last
    return today - timedelta(days=grace + offset), last


def touch_day(occasion: date, offset: int, today: date) -> date:
    """Return the day of the touch; what should have been yesterday is for today.

    >>> touch_day(date(2026, 3, 20), -2, date(2026, 3, 10))
    datetime.date(2026, 3, 18)
    >>> touch_day(date(2026, 3, 8), 0, date(2026, 3, 10))
    datetime.date(2026, 3, 10)
    """
    return max(today, occasion + timedelta(days=offset))


def nearest(day: date, others) -> int | None:
    """Return the days between ``day`` and the nearest of ``others``, None without.

    >>> nearest(date(2026, 3, 10), [date(2026, 3, 1), date(2026, 3, 14)])
    4
    >>> nearest(date(2026, 3, 10), [])
    """
    return min((abs((other - day).days) for other in others), default=None)


def why_no_touch(facts: dict, cap_days: int, open_limit: int) -> str | None:
    """Return why an occasion gets no touch now, or None: the first reason that holds.

    Besides what ``why_not_contacted`` wants to know, ``facts`` says ``has_open`` (an
    earlier touch of the rule with the same contact still waits), ``has_owner``, and
    ``open_count``, the touches of the rule that wait for the owner already.

    >>> someone = {"is_archived": False, "has_opted_out": False, "days_apart": None,
    ...            "has_open": False, "has_owner": True, "open_count": 4}
    >>> why_no_touch(someone, 30, 5)
    >>> why_no_touch(someone | {"has_opted_out": True, "has_open": True}, 30, 5)
    'opted_out'
    >>> why_no_touch(someone | {"has_open": True, "days_apart": 1}, 30, 5)
    'open'
    >>> why_no_touch(someone | {"days_apart": 1, "has_owner": False}, 30, 5)
    'cap'
    >>> why_no_touch(someone | {"has_owner": False, "open_count": 5}, 30, 5)
    'no_owner'
    >>> why_no_touch(someone | {"open_count": 5}, 30, 5)
    'waiting'
    >>> why_no_touch(someone | {"open_count": 500}, 30, 0)
    """
    reason = why_not_contacted(facts, 0)
    if reason:
        return reason
    if facts["has_open"]:
        return "open"
    reason = why_not_contacted(facts, cap_days)
    if reason:
        return reason
    if not facts["has_owner"]:
        return "no_owner"
    return "waiting" if open_limit and facts["open_count"] >= open_limit else None
