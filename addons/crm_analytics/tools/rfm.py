"""Recency, frequency, monetary: scoring rules in plain Python.

Scores run from 1 (worst) to 5 (best). A dimension has four cut points, one for each
score from 2 to 5; a customer's score is 1 plus the number of lower bounds that his
value reaches. Values grow with merit: for recency the value is the day of the last
purchase, so a later day is a larger value.

Source of the method: A. M. Hughes, Strategic Database Marketing (1994); here ties
always get the same score, which plain ntiles do not guarantee.
"""

import itertools
from dataclasses import dataclass
from fractions import Fraction

SCORES = range(1, 6)
CUT_SCORES = range(2, 6)
DIMENSIONS = ("recency", "frequency", "monetary")
DEFAULT_PERCENTS = {2: 20.0, 3: 40.0, 4: 60.0, 5: 80.0}
DEFAULT_VALUES = {
    "recency": {2: 365.0, 3: 180.0, 4: 90.0, 5: 30.0},
    "frequency": {2: 2.0, 3: 3.0, 4: 5.0, 5: 10.0},
    "monetary": {2: 500.0, 3: 2000.0, 4: 10000.0, 5: 50000.0},
}


@dataclass(frozen=True)
class GroupRule:
    """A box of cells that belongs to the group ``key``; bounds are inclusive."""

    key: object
    recency: tuple[int, int] = (1, 5)
    frequency: tuple[int, int] = (1, 5)
    monetary: tuple[int, int] = (1, 5)

    def covers(self, scores):
        """Tell whether the box holds the ``(recency, frequency, monetary)`` scores.

        >>> GroupRule("lost", recency=(1, 2)).covers((2, 5, 1))
        True
        >>> GroupRule("lost", recency=(1, 2)).covers((3, 5, 1))
        False
        """
        boxes = (self.recency, self.frequency, self.monetary)
        return all(
            low <= score <= high
            for score, (low, high) in zip(scores, boxes, strict=True)
        )


def group_of(scores, rules):
    """Return the key of the first rule that covers ``scores``, None if none does.

    >>> rules = [GroupRule("best", recency=(4, 5)), GroupRule("rest")]
    >>> group_of((5, 1, 1), rules), group_of((3, 1, 1), rules)
    ('best', 'rest')
    >>> group_of((3, 1, 1), rules[:1]) is None
    True
    """
    return next((rule.key for rule in rules if rule.covers(scores)), None)


def group_map(rules):
    """Return ``{(r, f, m): key}`` for all 125 cells; key None where no rule covers.

    >>> len(group_map([GroupRule("all")]))
    125
    """
    return {
        scores: group_of(scores, rules)
        for scores in itertools.product(SCORES, repeat=3)
    }


def uncovered(rules):
    """Return the cells that no rule covers, in ascending order.

    >>> uncovered([GroupRule("a", recency=(2, 5)), GroupRule("b", frequency=(2, 5))])[0]
    (1, 1, 1)
    >>> uncovered([GroupRule("all")])
    []
    """
    return [scores for scores, key in group_map(rules).items() if key is None]


def quantile_bound(values, percent):
    """Return the lower bound above the ``percent`` quantile of ``values``.

    The quantile is the smallest value whose cumulated share reaches the percentage
    (PostgreSQL's percentile_disc); the bound is the next larger value. So equal values
    share a score. None when no value is larger: nobody gets that score.

    >>> quantile_bound([1, 2, 3, 4, 5], 20)
    2
    >>> quantile_bound([1, 1, 1, 1, 7], 20)
    7
    >>> quantile_bound([3, 3, 3], 80) is None
    True
    >>> quantile_bound([], 20) is None
    True
    """
    ordered = sorted(values)
    if not ordered:
        return None
    share = Fraction(str(percent)) / 100 * len(ordered)
    index = max(0, -(-share.numerator // share.denominator) - 1)
    return next((value for value in ordered if value > ordered[index]), None)


def score_of(value, bounds):
    """Return the score of ``value``: 1 plus the number of bounds that it reaches.

    >>> score_of(5, [2, 3, 4, 5]), score_of(1, [2, 3, 4, 5]), score_of(9, [2, None])
    (5, 1, 2)
    """
    return 1 + sum(1 for bound in bounds if bound is not None and value >= bound)


def is_strictly_monotonic(values, *, falling=False):
    """Tell whether ``values`` rise (or fall) from each to the next.

    >>> is_strictly_monotonic([1, 2, 3]), is_strictly_monotonic([1, 1])
    (True, False)
    >>> is_strictly_monotonic([365, 90, 30], falling=True)
    True
    """
    pairs = itertools.pairwise(values)
    return all((b < a) if falling else (a < b) for a, b in pairs)
