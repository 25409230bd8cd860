"""What to offer a customer next: its states, and how the score of an offer is made.

Plain Python; :mod:`crm.next.best.offer.engine` says the same in SQL for all customers.
"""

#: ``{(state, action): state}``, asked by buttons, jobs and tests alike
OFFER = {
    ("proposed", "offer"): "offered",
    ("proposed", "reject"): "rejected",
    ("proposed", "expire"): "expired",
    ("proposed", "buy"): "bought",
    ("offered", "accept"): "accepted",
    ("offered", "reject"): "rejected",
    ("offered", "expire"): "expired",
    ("offered", "buy"): "bought",
    ("accepted", "reject"): "rejected",
    ("accepted", "expire"): "expired",
    ("accepted", "buy"): "bought",
    ("rejected", "reopen"): "proposed",
    ("expired", "reopen"): "proposed",
}
#: what only the system does
OFFER_SYSTEM = frozenset({"expire", "buy"})
OPEN_STATES = ("proposed", "offered", "accepted")

#: A repeated product is due from this share of its usual interval on ...
CYCLE_EARLY = 0.8
#: ... and counts fully up to this multiple, then less, until it is given up
CYCLE_FULL = 2.0
CYCLE_LOST = 4.0


def cycle_strength(days, interval):
    """Return how strongly the usual interval speaks for buying again, 0 to 1.

    :param days: days since the product was last bought
    :param interval: mean days between the days on which it was bought; None: unknown

    >>> [cycle_strength(days, 30) for days in (10, 24, 27, 30, 60, 90, 120, 200)]
    [0.0, 0.0, 0.5, 1.0, 1.0, 0.5, 0.0, 0.0]
    >>> cycle_strength(10, None), cycle_strength(10, 0)
    (0.0, 0.0)
    """
    if not interval or interval <= 0:
        return 0.0
    passed = days / interval
    if passed <= 1:
        return max(0.0, (passed - CYCLE_EARLY) / (1 - CYCLE_EARLY))
    return min(1.0, max(0.0, (CYCLE_LOST - passed) / (CYCLE_LOST - CYCLE_FULL)))


def score(strengths, weights):
    """Return the score of an offer, 0 to 100: the weighted reasons, at most 100.

    :param strengths: how strongly each reason speaks for the offer, 0 to 1
    :param weights: points of each reason at full strength

    >>> score({"affinity": 0.5, "need": 1.0}, {"affinity": 40, "need": 60})
    80.0
    >>> score({"affinity": 1.0, "need": 1.0, "cycle": 1.0},
    ...       {"affinity": 40, "need": 60, "cycle": 50})
    100.0
    >>> score({}, {"need": 60})
    0.0
    """
    points = sum(weights[key] * strength for key, strength in strengths.items())
    return min(100.0, float(points))


def rate(hits, total):
    """Return percent, None of nothing.

    >>> rate(3, 12), rate(0, 5), rate(0, 0)
    (25.0, 0.0, None)
    """
    return 100.0 * hits / total if total else None
