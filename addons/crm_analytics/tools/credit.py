"""How far a customer can be trusted with unpaid goods, in plain Python.

A *factor* turns one figure of a customer into points from 0 to 100 by its steps. The
score is the mean of the points by the weights of the factors; what is not known does
not count. The score gives the grade, the grade gives the months of invoices that may
be open and the months until the next review. The SQL says the same.
"""

import datetime
import math

from dateutil.relativedelta import relativedelta

#: From the safest to the riskiest
GRADES = ("A", "B", "C", "D", "E")
#: Whose open amounts are at risk
RISKY = ("D", "E")

#: ``{(state, action): state}``, read with crm_strategy's ``tools/concept_states.py``
ASSESSMENT = {
    ("draft", "propose"): "proposed",
    ("draft", "discard"): "rejected",
    ("proposed", "approve"): "in_force",
    ("proposed", "reject"): "rejected",
    ("proposed", "reset"): "draft",
    ("draft", "supersede"): "superseded",
    ("proposed", "supersede"): "superseded",
    ("in_force", "supersede"): "superseded",
}
SYSTEM_ACTIONS = frozenset({"supersede"})


def step_points(value, steps):
    """Return the points of ``value`` by ``(from, points)``; None if it is not known.

    The highest step counts that the value reaches. What lies below all steps has the
    points of the lowest one.

    >>> steps = [(0, 100), (30, 60), (60, 0)]
    >>> [step_points(value, steps) for value in (-5, 0, 29.9, 30, 60, 500)]
    [100, 100, 100, 60, 0, 0]
    >>> step_points(None, steps) is None, step_points(5, []) is None
    (True, True)
    """
    if value is None or not steps:
        return None
    rising = sorted(steps)
    reached = [points for start, points in rising if value >= start]
    return reached[-1] if reached else rising[0][1]


def credit_score(lines):
    """Return the score of ``(points, weight)``, None where nothing is known.

    >>> credit_score([(100, 3), (50, 1), (None, 5)])
    88
    >>> credit_score([(25, 1), (50, 1)])  # 37.5
    38
    >>> credit_score([(None, 1), (80, 0)]) is None
    True
    """
    known = [(points, weight) for points, weight in lines if points is not None]
    total = sum(weight for _points, weight in known)
    if not total:
        return None
    return math.floor(sum(points * weight for points, weight in known) / total + 0.5)


def contributions(lines):
    """Return what each of ``(points, weight)`` adds to the score, in points.

    >>> contributions([(100, 3), (50, 1), (None, 5)])
    [75.0, 12.5, None]
    """
    total = sum(weight for points, weight in lines if points is not None)
    return [
        None if points is None or not total else points * weight / total
        for points, weight in lines
    ]


def grade_of(score, cuts):
    """Return the grade of ``score``; ``cuts``: least scores of A to D, falling.

    >>> [grade_of(score, (80, 60, 40, 20)) for score in (100, 80, 79, 40, 20, 19, 0)]
    ['A', 'A', 'B', 'C', 'D', 'E', 'E']
    >>> grade_of(None, (80, 60, 40, 20)) is None
    True
    """
    if score is None:
        return None
    for grade, cut in zip(GRADES, cuts, strict=False):
        if score >= cut:
            return grade
    return GRADES[-1]


def credit_limit(monthly, months, overdue, step=0.0):
    """Return the limit: so many months of invoices, less what is overdue.

    ``monthly``: average amount invoiced per month. The limit is rounded down to a
    multiple of ``step``, and is never negative.

    >>> credit_limit(1250.0, 2.0, 300.0)
    2200.0
    >>> credit_limit(1250.0, 2.0, 300.0, step=500)
    2000.0
    >>> credit_limit(1250.0, 2.0, 9000.0), credit_limit(-50.0, 3.0, 0.0)
    (0.0, 0.0)
    """
    limit = max(0.0, round(monthly * months - overdue, 6))
    return math.floor(round(limit / step, 6)) * float(step) if step > 0 else limit


def host_limit(limit, smallest):
    """Return what to write as the customer's limit of the host.

    The host reads 0 as *no limit at all*: nothing allowed is its smallest amount.

    >>> host_limit(2000.0, 0.01), host_limit(0.0, 0.01)
    (2000.0, 0.01)
    """
    return max(limit, smallest)


def review_day(day: datetime.date, months: int) -> datetime.date:
    """Return the day of the next review.

    >>> review_day(datetime.date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    return day + relativedelta(months=months)


def grade_change(former, grade):
    """Return how a grade compares with the one before.

    >>> grade_change(None, "B"), grade_change("B", "B")
    ('first', 'same')
    >>> grade_change("B", "A"), grade_change("B", "E")
    ('better', 'worse')
    """
    if not former or not grade:
        return "first"
    if former == grade:
        return "same"
    return "better" if grade < former else "worse"
