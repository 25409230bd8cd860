"""Cohorts: how many of those who bought first in a period bought again later.

Plain Python beside the SQL of ``crm.cohort``; a test compares the two.
"""

import datetime

#: Length in months of what a cohort, and a step after it, spans.
GRAINS = {"month": 1, "quarter": 3}


def period_start(day, grain):
    """Return the first day of the month or quarter of ``day``.

    >>> period_start(datetime.date(2026, 5, 17), "month")
    datetime.date(2026, 5, 1)
    >>> period_start(datetime.date(2026, 5, 17), "quarter")
    datetime.date(2026, 4, 1)
    """
    size = GRAINS[grain]
    return day.replace(month=(day.month - 1) // size * size + 1, day=1)


def shift(start, steps, grain):
    """Return the start of the period ``steps`` periods after the one at ``start``.

    >>> shift(datetime.date(2026, 11, 1), 2, "month")
    datetime.date(2027, 1, 1)
    >>> shift(datetime.date(2026, 1, 1), -1, "quarter")
    datetime.date(2025, 10, 1)
    """
    months = start.year * 12 + start.month - 1 + steps * GRAINS[grain]
    return datetime.date(months // 12, months % 12 + 1, 1)


def period_end(start, grain):
    """Return the last day of the period at ``start``.

    >>> period_end(datetime.date(2026, 4, 1), "quarter")
    datetime.date(2026, 6, 30)
    """
    return shift(start, 1, grain) - datetime.timedelta(days=1)


def label(start, grain):
    """Return the name of a period, the same in every language.

    >>> label(datetime.date(2026, 4, 1), "quarter")
    '2026 Q2'
    >>> label(datetime.date(2026, 4, 1), "month")
    '2026-04'
    """
    if grain == "quarter":
        return f"{start.year} Q{(start.month + 2) // 3}"
    return f"{start:%Y-%m}"


def steps_between(start, later, grain):
    """Return how many periods ``later`` lies after ``start``.

    >>> steps_between(datetime.date(2025, 11, 1), datetime.date(2026, 2, 1), "month")
    3
    """
    months = (later.year - start.year) * 12 + later.month - start.month
    return months // GRAINS[grain]


def count(purchases, grain):
    """Return ``{(cohort, step): customers}`` of ``(customer, day)`` pairs.

    >>> buys = [(1, datetime.date(2026, 1, 5)), (1, datetime.date(2026, 3, 1)),
    ...         (2, datetime.date(2026, 1, 9)), (2, datetime.date(2026, 1, 20))]
    >>> for key, customers in sorted(count(buys, "month").items()):
    ...     print(key[0], key[1], customers)
    2026-01-01 0 2
    2026-01-01 2 1
    """
    periods = {}
    for customer, day in purchases:
        periods.setdefault(customer, set()).add(period_start(day, grain))
    cells = {}
    for active in periods.values():
        first = min(active)
        for start in active:
            key = first, steps_between(first, start, grain)
            cells[key] = cells.get(key, 0) + 1
    return cells


def ratio(part, whole):
    """Return ``part / whole``, zero if there is no whole.

    >>> ratio(1, 4), ratio(1, 0)
    (0.25, 0.0)
    """
    return part / whole if whole else 0.0


def summarise(cells, grain, current):
    """Return shares and totals of ``{(cohort, step): (customers, revenue)}``.

    A share at a step is of the cohorts that are old enough to have come there, the
    period ``current`` that is not over yet included. A cohort's own share is the mean
    of its steps after the first.

    >>> jan, feb = datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)
    >>> found = summarise({(jan, 0): (4, 400), (jan, 1): (2, 100), (feb, 0): (1, 50)},
    ...                   "month", feb)
    >>> found["cells"][jan, 1]["retention"], found["rows"][jan]["retention"]
    (0.5, 0.5)
    >>> found["rows"][feb]["retention"], found["steps"][0]["customers"]
    (0.0, 5)
    >>> found["steps"][1]["retention"], found["total"]["revenue"]
    (0.5, 550)
    """
    sizes = {start: value for (start, step), value in cells.items() if not step}
    ages = {start: steps_between(start, current, grain) for start in sizes}
    rows = {
        start: {
            "customers": size[0],
            "retention": ratio(
                sum(v[0] for (s, n), v in cells.items() if s == start and n),
                size[0] * ages[start],
            ),
            "revenue": sum(v[1] for (s, _n), v in cells.items() if s == start),
        }
        for start, size in sizes.items()
    }
    for start, row in rows.items():
        row["kept"] = ratio(row["revenue"], sizes[start][1])
    steps = {}
    for step in range(max(ages.values(), default=-1) + 1):
        found = [value for (_s, n), value in cells.items() if n == step]
        base = [sizes[start] for start, age in ages.items() if age >= step]
        steps[step] = _figures(found, base)
    total = {
        "customers": sum(size[0] for size in sizes.values()),
        "retention": 1.0,
        "revenue": sum(value[1] for value in cells.values()),
    }
    total["kept"] = ratio(total["revenue"], sum(size[1] for size in sizes.values()))
    return {
        "cells": {
            key: _figures([value], [sizes[key[0]]]) for key, value in cells.items()
        },
        "rows": rows,
        "steps": steps,
        "total": total,
    }


def _figures(found, base):
    customers = sum(value[0] for value in found)
    revenue = sum(value[1] for value in found)
    return {
        "customers": customers,
        "retention": ratio(customers, sum(size[0] for size in base)),
        "revenue": revenue,
        "kept": ratio(revenue, sum(size[1] for size in base)),
    }
