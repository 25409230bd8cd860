"""Month ends, without Odoo."""

import datetime


def last_closed_month_end(day):
    """Return the last day of the latest month that is over on ``day``.

    >>> last_closed_month_end(datetime.date(2026, 3, 31))
    datetime.date(2026, 2, 28)
    >>> last_closed_month_end(datetime.date(2026, 1, 1))
    datetime.date(2025, 12, 31)
    """
    return day.replace(day=1) - datetime.timedelta(days=1)


def month_ends_between(after, until):
    """Return the month ends that lie after ``after`` and not after ``until``.

    >>> month_ends_between(datetime.date(2026, 1, 31), datetime.date(2026, 3, 31))
    [datetime.date(2026, 2, 28), datetime.date(2026, 3, 31)]
    >>> month_ends_between(datetime.date(2026, 3, 31), datetime.date(2026, 3, 31))
    []
    """
    found = []
    month_end = until
    if (until + datetime.timedelta(days=1)).day != 1:
        month_end = last_closed_month_end(until)
    while month_end > after:
        found.append(month_end)
        month_end = last_closed_month_end(month_end)
    return found[::-1]


def months_before(month_end, months):
    """Return the month end ``months`` months before ``month_end``.

    >>> months_before(datetime.date(2026, 3, 31), 13)
    datetime.date(2025, 2, 28)
    """
    for _step in range(months):
        month_end = last_closed_month_end(month_end)
    return month_end
