"""How much speaks for a customer's leaving: signs, weights, and their proof.

Each sign is a figure of the customer with two values: at one it says nothing (0
points), at the other all it can say (1 point), between them in proportion. The score
is the weighted mean of the points of the signs that are known, from 0 to 100.

Whether such a score is worth anything shows a back-test only: worked out as of a past
day, it must tell those who stopped buying from those who went on, at least as well as
the plain rank by recency and frequency does.
"""

import bisect
from typing import NamedTuple

SIGNS = (
    "overdue",
    "silence",
    "few_orders",
    "fewer_orders",
    "less_revenue",
    "complaint",
    "late_delivery",
    "dissatisfied",
)
DECILES = 10
STEPS = 20


class Factor(NamedTuple):
    """How one sign counts."""

    code: str
    weight: float
    value_zero: float
    value_full: float


#: as delivered; see the help of crm.churn.factor for the unit of each sign
FACTORS = (
    Factor("overdue", 10.0, 1.0, 3.0),
    Factor("silence", 30.0, 0.5, 6.0),
    Factor("few_orders", 25.0, 6.0, 1.0),
    Factor("fewer_orders", 10.0, 0.0, 100.0),
    Factor("less_revenue", 5.0, 0.0, 100.0),
    Factor("complaint", 10.0, 0.0, 2.0),
    Factor("late_delivery", 5.0, 10.0, 60.0),
    Factor("dissatisfied", 5.0, 80.0, 30.0),
)


def points(value, value_zero, value_full):
    """Return 0 at ``value_zero``, 1 at ``value_full``, in proportion between them.

    >>> points(2, 1, 3), points(9, 1, 3), points(0, 1, 3)
    (0.5, 1.0, 0.0)
    >>> points(1, 6, 1), points(3.5, 6, 1)
    (1.0, 0.5)
    >>> points(None, 1, 3) is None
    True
    """
    if value is None:
        return None
    share = (value - value_zero) / (value_full - value_zero)
    return float(min(1.0, max(0.0, share)))


def contributions(values, factors):
    """Return ``{code: part of the score}`` of the signs known, largest first.

    Equal parts keep the order of the factors.

    >>> factors = [Factor("overdue", 3, 1, 3), Factor("complaint", 1, 0, 1)]
    >>> contributions({"overdue": 2, "complaint": 1}, factors)
    {'overdue': 37.5, 'complaint': 25.0}
    >>> contributions({"overdue": 2, "complaint": None}, factors)
    {'overdue': 50.0}
    >>> contributions({}, factors)
    {}
    """
    found = {
        factor: points(values.get(factor.code), factor.value_zero, factor.value_full)
        for factor in factors
        if factor.weight > 0
    }
    known = {factor: part for factor, part in found.items() if part is not None}
    total = sum(factor.weight for factor in known)
    parts = {f.code: 100.0 * f.weight * part / total for f, part in known.items()}
    return dict(sorted(parts.items(), key=lambda item: -item[1]))


def score(values, factors=FACTORS):
    """Return the score and the codes of the two signs that say most.

    >>> factors = [Factor("overdue", 3, 1, 3), Factor("complaint", 1, 0, 1)]
    >>> score({"overdue": 2, "complaint": 1}, factors)
    (62.5, 'overdue', 'complaint')
    >>> score({"overdue": 3, "complaint": 0}, factors)
    (75.0, 'overdue', None)
    >>> score({}, factors)
    (None, None, None)
    """
    parts = contributions(values, factors)
    if not parts:
        return None, None, None
    reasons = [code for code, part in parts.items() if part > 0][:2]
    first, second = [*reasons, None, None][:2]
    return sum(parts.values()), first, second


# --- PLAIN SCORE


def steps(values):
    """Return the 5th, 10th, ... 95th percentile of ``values``, each one of them.

    >>> steps(range(1, 101))[:3]
    [5.0, 10.0, 15.0]
    >>> steps([])
    []
    """
    ordered = sorted(values)
    if not ordered:
        return []
    size = len(ordered)
    places = [(size * part + STEPS - 1) // STEPS - 1 for part in range(1, STEPS)]
    return [float(ordered[max(0, place)]) for place in places]


def plain_score(silent_days, orders, silent_steps, order_steps):
    """Return 0 to 100 by recency and frequency alone, of percentiles kept.

    >>> days, numbers = [10.0] * 10 + [20.0] * 9, [1.0] * 10 + [3.0] * 9
    >>> plain_score(5, 9, days, numbers), plain_score(20, 0, days, numbers)
    (0.0, 100.0)
    >>> plain_score(10, 1, days, numbers)
    50.0
    """
    silent = bisect.bisect_right(silent_steps, silent_days)
    few = len(order_steps) - bisect.bisect_right(order_steps, orders)
    return 100.0 * (silent + few) / (len(silent_steps) + len(order_steps))


# --- PROOF


def ranks(values):
    """Return the rank of each value from the smallest, equal ones sharing the mean.

    >>> ranks([10, 30, 30, 20]).tolist()
    [1.0, 3.5, 3.5, 2.0]
    """
    import numpy as np  # noqa: PLC0415 see bg_nbd

    _values, index, counts = np.unique(
        np.asarray(values), return_inverse=True, return_counts=True
    )
    last = np.cumsum(counts)
    return ((2 * last - counts + 1) / 2.0)[index]


def plain_rank(silent_days, orders):
    """Return what recency and frequency alone say: the higher, the likelier to leave.

    >>> plain_rank([5, 50], [9, 1]).tolist()
    [-1.0, 1.0]
    """
    return ranks(silent_days) - ranks(orders)


def auc(scores, stopped):
    """Return how often one who stopped scored higher than one who did not.

    1 is a perfect score, 0.5 one by chance; equal scores count half. None where all
    stopped, or nobody did.

    >>> auc([1, 2, 3, 4], [False, False, True, True])
    1.0
    >>> auc([1, 2, 2, 3], [False, True, False, True])
    0.875
    >>> auc([1, 2], [True, True]) is None
    True
    """
    import numpy as np  # noqa: PLC0415 see bg_nbd

    gone = np.asarray(stopped, dtype=bool)
    number, others = int(gone.sum()), int((~gone).sum())
    if not number or not others:
        return None
    above = ranks(scores)[gone].sum() - number * (number + 1) / 2.0
    return float(above / (number * others))


def deciles(scores, stopped, parts=DECILES):
    """Return ``[(customers, stopped)]`` of each tenth, the highest scores first.

    Equal scores need not fall into the same tenth; they are told apart by their order.

    >>> deciles([1, 4, 3, 2], [False, True, False, True], 2)
    [(2, 1), (2, 1)]
    >>> deciles([], [])
    []
    """
    import numpy as np  # noqa: PLC0415 see bg_nbd

    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    gone = np.asarray(stopped, dtype=bool)[order]
    return [
        (len(part), int(part.sum()))
        for part in np.array_split(gone, parts)
        if len(part)
    ]
