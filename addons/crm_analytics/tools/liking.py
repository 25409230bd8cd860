"""How much a customer likes a product, and how fast he uses it up; plain Python.

The liking score is no opinion poll: it is read from what he does.

    liking = (40 x share + 40 x frequency + 20 x recency) x (1 - complaints)

Each part runs from 0 to 1: the part of his purchases' amount, the part of his orders
that hold the product, how lately he bought it, and how many of its orders led to a
complaint. What he did not buy in the window has no liking.
"""

from datetime import date, timedelta

SHARE_POINTS = 40.0
FREQUENCY_POINTS = 40.0
RECENCY_POINTS = 20.0
#: Days after which a purchase says nothing any more
WINDOW_DAYS = 365


def part(value: float, total: float) -> float:
    """Return ``value`` by ``total``, from 0 to 1; nothing of nothing is nothing.

    >>> part(1, 4), part(5, 4), part(-1, 4), part(0, 0)
    (0.25, 1.0, 0.0, 0.0)
    """
    return max(0.0, min(1.0, value / total)) if total > 0 else 0.0


def liking(share: float, frequency: float, days: int, complaints: float) -> float:
    """Return the liking score, 0 to 100.

    :param share: part of the customer's purchases, 0 to 1
    :param frequency: part of his orders that hold the product, 0 to 1
    :param days: days since he bought it last
    :param complaints: complaints about it by orders of it, 0 to 1

    He buys nothing else, on every order, and did so today:

    >>> liking(1.0, 1.0, 0, 0.0)
    100.0

    A quarter of what he buys, on half of his orders, half a year ago:

    >>> round(liking(0.25, 0.5, 183, 0.0), 1)
    40.0

    Every second order of it led to a complaint:

    >>> round(liking(0.25, 0.5, 183, 0.5), 1)
    20.0

    Longer ago than the window, whatever else is said:

    >>> liking(1.0, 1.0, 366, 0.0)
    0.0
    """
    if days > WINDOW_DAYS:
        return 0.0
    points = (
        SHARE_POINTS * share
        + FREQUENCY_POINTS * frequency
        + RECENCY_POINTS * (1 - max(0, days) / WINDOW_DAYS)
    )
    return points * (1 - max(0.0, min(1.0, complaints)))


def cycle(first: date, last: date, days: int) -> float | None:
    """Return the mean days between purchases, by first and last of ``days`` days.

    >>> cycle(date(2026, 1, 1), date(2026, 3, 2), 3)
    30.0
    >>> cycle(date(2026, 1, 1), date(2026, 1, 1), 1) is None
    True
    """
    return (last - first).days / (days - 1) if days > 1 else None


def next_due(last: date, interval: float | None) -> date | None:
    """Return the day on which the next purchase is due.

    >>> next_due(date(2026, 3, 2), 30.4)
    datetime.date(2026, 4, 1)
    >>> next_due(date(2026, 3, 2), None) is None
    True
    """
    # half a day counts as one, as PostgreSQL rounds
    return last + timedelta(days=int(interval + 0.5)) if interval else None
