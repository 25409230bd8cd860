"""The figures of the customer's panel that are worked out after they were read.

Plain Python: the model fetches, calls and shows.
"""

from datetime import date


def tenure(first: date | None, today: date) -> tuple[int, int]:
    """Return the full years and further full months since the ``first`` order.

    >>> tenure(date(2021, 3, 15), date(2026, 3, 14))
    (4, 11)
    >>> tenure(date(2021, 3, 15), date(2026, 3, 15))
    (5, 0)

    A month ends on its last day, so the end of January is one month before the end
    of February:

    >>> tenure(date(2026, 1, 31), date(2026, 2, 28))
    (0, 1)

    Nobody is a customer before his first order:

    >>> tenure(None, date(2026, 3, 15)), tenure(date(2026, 4, 1), date(2026, 3, 15))
    ((0, 0), (0, 0))
    """
    if not first or first > today:
        return 0, 0
    months = (today.year - first.year) * 12 + today.month - first.month
    if today.day < first.day and not _is_month_end(today):
        months -= 1
    return divmod(months, 12)


def _is_month_end(day: date) -> bool:
    return day.toordinal() == date.max.toordinal() or (
        date.fromordinal(day.toordinal() + 1).month != day.month
    )


def days_late(promised: date | None, today: date) -> int:
    """Return by how many days a promised day has passed; zero if it has not.

    >>> days_late(date(2026, 3, 10), date(2026, 3, 15))
    5
    >>> days_late(date(2026, 3, 15), date(2026, 3, 15)), days_late(None, date.max)
    (0, 0)
    """
    return max(0, (today - promised).days) if promised else 0


def delivered_percent(delivered: float, ordered: float) -> int:
    """Return how much of an order is delivered, in whole percent.

    Only what is complete counts as 100, only what has not begun as 0.

    >>> delivered_percent(1, 4), delivered_percent(999, 1000)
    (25, 99)
    >>> delivered_percent(1, 1000), delivered_percent(0, 4), delivered_percent(5, 4)
    (1, 0, 100)
    >>> delivered_percent(0, 0)
    0
    """
    if ordered <= 0 or delivered <= 0:
        return 0
    if delivered >= ordered:
        return 100
    return min(99, max(1, round(100 * delivered / ordered)))
