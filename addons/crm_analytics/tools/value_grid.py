"""Value by satisfaction: how an answer's points make a band. Plain Python."""

import calendar

#: Bands with the least mean of points (0 to 100) that makes them, best first, where
#: a company draws no other lines.
BOUNDS = (("satisfied", 75), ("neutral", 50))
LOWEST = "unhappy"
UNKNOWN = "unknown"


def band(points):
    """Return the band of a mean of points, None where nobody was asked.

    >>> [band(points) for points in (100, 75, 74.9, 50, 49.9, 0, None)]
    ['satisfied', 'satisfied', 'neutral', 'neutral', 'unhappy', 'unhappy', 'unknown']
    """
    if points is None:
        return UNKNOWN
    for name, bound in BOUNDS:
        if points >= bound:
            return name
    return LOWEST


def year_before(day):
    """Return the day after the same day of the year before.

    >>> import datetime
    >>> year_before(datetime.date(2026, 3, 31)), year_before(datetime.date(2024, 2, 29))
    (datetime.date(2025, 4, 1), datetime.date(2023, 3, 1))
    """
    last = calendar.monthrange(day.year - 1, day.month)[1]
    former = day.replace(year=day.year - 1, day=min(day.day, last))
    return former.fromordinal(former.toordinal() + 1)
