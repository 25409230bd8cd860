"""What is bought together: counts of sets of up to three items, and rules from them.

A *basket* is a set of items (an order, or all that a customer bought). For every set of
one, two or three items the number of baskets that have it is counted; a rule says that
baskets with its *antecedent* (one or two items) also have its *consequent* (one):

==========  ==========================================================================
support     baskets with all items of the rule / all baskets
confidence  baskets with all items of the rule / baskets with the antecedent
lift        confidence / share of all baskets that have the consequent: how many times
            more often than others; 1 says nothing
leverage    support less what it would be if both were bought independently
==========  ==========================================================================

The counting itself stands in ``basket_counts.py``.

**Kept counts.** Sets less frequent than half of what a rule needs (the *bound*) are not
kept, or millions of pairs would be. What comes later is counted completely and added.
A set that was not kept has been in fewer baskets than the bound, so as long as bound
and additions together do not reach what a rule needs, it makes no rule: the rules are
exactly those of a full count. Where they might, :func:`combine` says so, and a full
count is due.

It imports numpy, so models import it only where they need it.
"""

from typing import NamedTuple

import numpy as np

from .basket_counts import (
    Counts,
    count_baskets,
    count_sets,
)

__all__ = [
    "Counts",
    "Rules",
    "add",
    "combine",
    "count_baskets",
    "count_sets",
    "differences",
    "from_bytes",
    "least_count",
    "make_rules",
    "measures",
    "select",
    "subtract",
    "to_bytes",
]


class Rules(NamedTuple):
    """Columns of the rules; ``second`` is 0 where the antecedent has one item."""

    first: np.ndarray
    second: np.ndarray
    consequent: np.ndarray
    both: np.ndarray
    antecedents: np.ndarray
    consequents: np.ndarray


# --- RULES


def least_count(total, count, percent):
    """Return in how many of ``total`` baskets a set must be to make a rule.

    >>> least_count(2_000_000, 5, 0.01), least_count(300, 5, 0.01), least_count(0, 0, 1)
    (200, 5, 1)
    """
    share = -(-total * round(percent * 1_000_000) // 100_000_000)
    return max(1, int(count), int(share))


def bound_of(least):
    """Return the count from which sets are kept when a rule needs ``least``.

    >>> [bound_of(least) for least in (1, 2, 5, 100)]
    [1, 1, 3, 50]
    """
    return max(1, (least + 1) // 2)


def measures(both, antecedent, consequent, total):
    """Return support, confidence, lift and leverage of numbers or arrays.

    Of 120 baskets with A, 34 have B, which is in 101 of all 1000:

    >>> [round(figure, 4) for figure in measures(34, 120, 101, 1000)]
    [0.034, 0.2833, 2.8053, 0.0219]

    Bought independently, lift is 1 and leverage 0:

    >>> [abs(round(figure, 9)) for figure in measures(10, 100, 100, 1000)[2:]]
    [1.0, 0.0]
    """
    support = both / total
    confidence = both / antecedent
    lift = both * total / (antecedent * 1.0 * consequent)
    leverage = support - (antecedent / total) * (consequent / total)
    return support, confidence, lift, leverage


def make_rules(counts, least, min_confidence=0.0, min_lift=0.0):
    """Return the :class:`Rules` of sets in ``least`` baskets or more.

    >>> counts = count_sets([1, 1, 2, 2, 3, 3, 4], [7, 8, 7, 8, 7, 9, 9])
    >>> rules = make_rules(counts, 2)
    >>> [[int(cell) for cell in row] for row in zip(*rules)]
    [[7, 0, 8, 2, 3, 2], [8, 0, 7, 2, 2, 3]]

    Whoever buys 7 buys 8 in two of three baskets, others in none:

    >>> make_rules(counts, 2, min_confidence=0.7).first.tolist()
    [8]
    >>> make_rules(counts, 2, min_lift=1.5).first.tolist()
    []
    """
    items, known = counts.items, counts.counts
    frequent = (known >= least) & (items[:, 1] > 0)
    sets, both = items[frequent], known[frequent]
    find = Finder(counts)
    parts = []
    for place in range(3):
        consequent = sets[:, place]
        rest = np.delete(sets, place, axis=1)
        kept = consequent > 0
        first, second = rest[kept, 0], rest[kept, 1]
        # of a pair only the second is left: it moves to the front
        alone = first == 0
        antecedent = np.stack([np.zeros_like(first), first, second], 1)
        first, second = np.where(alone, second, first), np.where(alone, 0, second)
        single = np.zeros_like(antecedent)
        single[:, 2] = consequent[kept]
        parts.append(
            (
                first,
                second,
                consequent[kept],
                both[kept],
                find(antecedent),
                find(single),
            )
        )
    rules = Rules(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return _good(rules, counts.total, min_confidence, min_lift)


def _good(rules, total, min_confidence, min_lift):
    _support, confidence, lift, _leverage = measures(
        rules.both, rules.antecedents, rules.consequents, max(1, total)
    )
    kept = (confidence >= min_confidence - 1e-12) & (lift >= min_lift - 1e-12)
    return select(rules, kept)


def select(rules, kept):
    """Return the rules at the places ``kept``, in the order of their items."""
    rules = Rules(*(column[kept] for column in rules))
    order = np.lexsort((rules.consequent, rules.second, rules.first))
    return Rules(*(column[order] for column in rules))


class Finder:
    """Looks counts up by rows of three items; 0 where a set is not there."""

    def __init__(self, counts):
        self._ids = np.unique(counts.items)
        self._keys = self.pack(np.searchsorted(self._ids, counts.items))
        self._order = np.argsort(self._keys)
        self._counts = counts.counts

    @staticmethod
    def pack(ranks):
        # three ranks of 21 bits each are one number
        ranks = ranks.astype(np.int64)
        return (ranks[:, 0] << 42) | (ranks[:, 1] << 21) | ranks[:, 2]

    def __call__(self, rows):
        places = np.searchsorted(self._ids, rows)
        places = np.minimum(places, max(0, len(self._ids) - 1))
        found = np.zeros(len(rows), np.int64)
        if not len(self._keys) or not len(rows):
            return found
        is_known = (self._ids[places] == rows).all(axis=1)
        keys = self.pack(places)
        spots = np.searchsorted(self._keys, keys, sorter=self._order)
        spots = self._order[np.minimum(spots, len(self._keys) - 1)]
        is_known &= self._keys[spots] == keys
        found[is_known] = self._counts[spots[is_known]]
        return found


# --- KEPT COUNTS


def add(*parts):
    """Return counts added up, whatever is there of each.

    >>> add(count_sets([1], [7]), count_sets([1], [7])).counts.tolist()
    [2]
    """
    items, counts = _sum([(part, 1) for part in parts])
    total = sum(part.total for part in parts)
    return Counts(items, counts, total, max(part.bound for part in parts))


def subtract(after, before):
    """Return what changed between two complete counts.

    >>> before = count_sets([1], [7])
    >>> change = subtract(count_sets([1, 1, 2], [7, 8, 7]), before)
    >>> change.total, change.items.tolist(), change.counts.tolist()
    (1, [[0, 0, 7], [0, 0, 8], [0, 7, 8]], [1, 1, 1])
    """
    items, counts = _sum([(after, 1), (before, -1)])
    total = after.total - before.total
    skipped = after.skipped - before.skipped
    changed = counts != 0
    return Counts(items[changed], counts[changed], total, 1, skipped)


def combine(base, additions, least):
    """Return base and additions together, or None if a full count is due.

    >>> base = count_sets([1, 1, 2, 2, 3], [7, 8, 7, 8, 7], bound=2)
    >>> day = count_sets([4, 4], [7, 8])
    >>> combine(base, [day], 3).counts.tolist()
    [4, 3, 3]

    A pair that was not kept, but may have become frequent:

    >>> rare = count_sets([1, 1, 2, 2], [7, 8, 7, 9], bound=2)
    >>> combine(rare, [day], 2) is None, combine(rare, [day], 3) is None
    (True, False)
    """
    parts = [(base, 1), *((part, 1) for part in additions)]
    items, counts = _sum(parts)
    total = sum(part.total for part, _sign in parts)
    skipped = sum(part.skipped for part, _sign in parts)
    several = items[:, 1] > 0
    unknown = several & (Finder(base)(items) == 0)
    if base.bound > 1:
        if (unknown & (counts + base.bound - 1 >= least)).any():
            return None
        items, counts = items[~unknown], counts[~unknown]
    seen = counts > 0
    return Counts(items[seen], counts[seen], total, base.bound, skipped)


def _sum(parts):
    """Return the rows of items of all parts with the sums of their signed counts."""
    rows = np.concatenate([part.items for part, _sign in parts])
    counts = np.concatenate([part.counts * sign for part, sign in parts])
    if not len(rows):
        return rows, counts
    ids = np.unique(rows)
    keys = Finder.pack(np.searchsorted(ids, rows))
    merged, spots, places = np.unique(keys, return_index=True, return_inverse=True)
    sums = np.bincount(places, counts, len(merged))
    return rows[spots], np.rint(sums).astype(np.int64)


def differences(expected, actual):
    """Return how many items were in another number of baskets than expected.

    >>> differences(count_sets([1, 2], [7, 8]), count_sets([1, 2], [7, 7]))
    2
    """
    change = subtract(actual, expected)
    return int((change.items[:, 1] == 0).sum())


def to_bytes(counts):
    """Return counts as bytes, to be kept.

    >>> counts = count_sets([1, 1, 2], [7, 8, 7], bound=1)
    >>> again = from_bytes(to_bytes(counts), counts.total)
    >>> again.items.tolist() == counts.items.tolist(), again.counts.tolist()
    (True, [2, 1, 1])
    """
    head = np.array([len(counts.counts), counts.bound, counts.skipped], "<i4")
    body = counts.items.astype("<i4"), counts.counts.astype("<i4")
    return b"".join(part.tobytes() for part in (head, *body))


def from_bytes(data, total):
    """Return the counts that :func:`to_bytes` kept."""
    numbers = np.frombuffer(bytes(data), "<i4")
    size, bound, skipped = (int(number) for number in numbers[:3])
    items = numbers[3 : 3 + 3 * size].reshape(-1, 3)
    counts = numbers[3 + 3 * size :].astype(np.int64)
    return Counts(items, counts, total, bound, skipped)
