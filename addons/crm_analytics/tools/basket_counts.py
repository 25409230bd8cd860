"""Counts baskets by the items that are in them: one item, two, or three.

Baskets and items are one sparse matrix M, and the pairs are the product MᵀM, worked out
in slices so that memory stays bounded. Sets of three are enumerated from the pairs that
are frequent, since no set is more frequent than the sets within it.

It imports numpy and scipy, so models import it only where they need it.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

#: baskets in a slice of the matrix
SLICE = 250_000
#: pairs or sets of three that are looked at in one go
PLACES = 500_000


class Counts(NamedTuple):
    """Numbers of baskets by set of items.

    ``items`` has three columns, rising, 0 in front where a set has fewer items; the
    rows are in order. ``total`` is the number of baskets, ``bound`` the smallest count
    for which sets of two and three are there, ``skipped`` baskets with too many items.
    """

    items: np.ndarray
    counts: np.ndarray
    total: int
    bound: int = 1
    skipped: int = 0


def count_sets(basket, item, bound=1, limit=200):
    """Return the :class:`Counts` of baskets given as two columns, in any order.

    An item that stands in a basket twice counts once:

    >>> counts = count_sets([5, 5, 5, 5, 9], [1, 2, 3, 3, 3])
    >>> counts.total
    2
    >>> dict(zip(map(tuple, counts.items.tolist()), counts.counts.tolist()))[0, 0, 3]
    2
    >>> counts.items[-1].tolist(), int(counts.counts[-1])
    ([1, 2, 3], 1)

    Baskets with more than ``limit`` items say nothing and are left out:

    >>> counts = count_sets([5, 5, 5, 9], [1, 2, 3, 3], limit=2)
    >>> counts.total, counts.skipped
    (1, 1)
    >>> count_sets([], []).total
    0
    """
    basket, item = np.asarray(basket, np.int32), np.asarray(item, np.int32)
    if not len(basket):
        return Counts(np.empty((0, 3), np.int32), np.empty(0, np.int64), 0, bound)
    ids = _distinct(item)
    matrix, skipped = _matrix(basket, _ranks(item, ids), len(ids), limit)
    singles = np.bincount(matrix.indices, minlength=len(ids))
    first, second, pairs = _count_pairs(matrix, bound)
    triples, thrice = _count_triples(matrix, first, second, bound)
    rows = np.zeros((len(ids) + len(pairs) + len(thrice), 3), np.int32)
    rows[: len(ids), 2] = ids
    rows[len(ids) : len(ids) + len(pairs), 1] = ids[first]
    rows[len(ids) : len(ids) + len(pairs), 2] = ids[second]
    rows[len(ids) + len(pairs) :] = ids[triples]
    counts = np.concatenate([singles, pairs, thrice]).astype(np.int64)
    seen = counts > 0
    return Counts(rows[seen], counts[seen], int(matrix.shape[0]), bound, skipped)


def count_baskets(basket):
    """Return the number of different baskets.

    >>> count_baskets(np.array([3, 1, 3])), count_baskets(np.array([], int))
    (2, 0)
    """
    return len(_distinct(basket)) if len(basket) else 0


def _distinct(values):
    """Return the different values, rising; by marking them where they lie close."""
    low, high = int(values.min()), int(values.max())
    if high - low > 8 * len(values) + 1024:
        return np.unique(values)
    marked = np.zeros(high - low + 1, bool)
    marked[values - low] = True
    return (np.flatnonzero(marked) + low).astype(values.dtype)


def _ranks(values, distinct):
    """Return the place of each value among the distinct ones."""
    low, high = int(distinct[0]), int(distinct[-1])
    if high - low > 8 * len(values) + 1024:
        return np.searchsorted(distinct, values).astype(np.int32)
    places = np.zeros(high - low + 1, np.int32)
    places[distinct - low] = np.arange(len(distinct), dtype=np.int32)
    return places[values - low]


def _matrix(basket, rank, width, limit):
    """Return baskets by items as a sparse matrix of ones, and how many were too big."""
    distinct = _distinct(basket)
    rows, height = _ranks(basket, distinct), len(distinct)
    ones = np.ones(len(rows), np.int8)
    matrix = sparse.coo_matrix((ones, (rows, rank)), (height, width)).tocsr()
    matrix.sum_duplicates()
    matrix.data[:] = 1
    sizes = np.diff(matrix.indptr)
    small = sizes <= limit
    if small.all():
        return matrix, 0
    return matrix[np.flatnonzero(small)], int((~small).sum())


def _count_pairs(matrix, bound):
    """Return the places of both items and the count of each frequent pair."""
    total = None
    for low in range(0, matrix.shape[0], SLICE):
        part = matrix[low : low + SLICE].astype(np.int32)
        product = sparse.triu(part.T.tocsr() @ part, 1, "csr")
        total = product if total is None else total + product
    if total is None:
        return (np.empty(0, np.int64),) * 3
    cells = total.tocoo()
    kept = cells.data >= bound
    first, second = cells.row[kept].astype(np.int64), cells.col[kept].astype(np.int64)
    order = np.lexsort((second, first))
    return first[order], second[order], cells.data[kept][order].astype(np.int64)


def _count_triples(matrix, first, second, bound):
    """Return rows of three places and their counts, from the frequent pairs."""
    none = np.empty((0, 3), np.int64), np.empty(0, np.int64)
    if not len(first):
        return none
    used = np.unique(np.concatenate([first, second]))
    part = matrix[:, used]
    part = part[np.flatnonzero(np.diff(part.indptr) >= 3)]
    part.sort_indices()
    pairs = _PairTable(np.searchsorted(used, first), np.searchsorted(used, second))
    keys = np.empty(0, np.int64)
    counts = np.empty(0, np.int64)
    for low, high in _slices(np.diff(part.indptr)):
        found = _triple_keys(part[low:high], pairs, len(used))
        new, times = np.unique(found, return_counts=True)
        keys, counts = _add(keys, counts, new, times)
    kept = counts >= bound
    keys, counts = keys[kept], counts[kept]
    head, last = np.divmod(keys, len(used))
    rows = np.stack([pairs.first[head], pairs.second[head], last], 1)
    return used[rows], counts


def _slices(sizes):
    """Yield bounds of rows that have about :data:`PLACES` pairs together."""
    pairs = np.cumsum(sizes.astype(np.int64) * (sizes - 1) // 2)
    low = 0
    while low < len(sizes):
        done = pairs[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(pairs, done + PLACES, "right")))
        yield low, high
        low = high


class _PairTable:
    """Numbers the frequent pairs; a table where it is small, a search otherwise."""

    def __init__(self, first, second):
        self.first, self.second = first, second
        self._width = int(second.max()) + 1
        self._keys = first * self._width + second
        self._table = None
        if self._width**2 <= 1 << 24:
            self._table = np.full(self._width**2, -1, np.int32)
            self._table[self._keys] = np.arange(len(first), dtype=np.int32)

    def find(self, first, second):
        """Return the numbers of pairs, -1 where they are not frequent."""
        is_inside = second < self._width
        keys = np.where(is_inside, first.astype(np.int64) * self._width + second, 0)
        if self._table is not None:
            return np.where(
                is_inside, self._table[np.minimum(keys, len(self._table) - 1)], -1
            )
        spots = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(is_inside & (self._keys[spots] == keys), spots, -1)


def _triple_keys(part, pairs, width):
    """Return a key for each set of three in each basket, all pairs of it frequent."""
    ends = np.repeat(part.indptr[1:], np.diff(part.indptr))
    items = part.indices
    left, right = _followers(np.arange(len(items)), ends)
    number = pairs.find(items[left], items[right])
    good = np.flatnonzero(number >= 0)
    left, right, number = left[good], right[good], number[good]
    after = np.cumsum(ends[right] - right - 1)
    keys = [np.empty(0, np.int64)]
    low = 0
    while low < len(right):
        done = after[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(after, done + PLACES, "right")))
        place, third = _followers(right[low:high], ends, np.arange(low, high))
        frequent = pairs.find(items[left[place]], items[third]) >= 0
        place, third = place[frequent], third[frequent]
        frequent = pairs.find(items[right[place]], items[third]) >= 0
        place, third = place[frequent], third[frequent]
        keys.append(number[place].astype(np.int64) * width + items[third])
        low = high
    return np.concatenate(keys)


def _followers(places, ends, names=None):
    """Return each place (or its name) beside every later place of the same basket."""
    names = places if names is None else names
    times = ends[places] - places - 1
    starts = np.cumsum(times) - times
    steps = np.arange(int(times.sum())) - np.repeat(starts, times)
    return np.repeat(names, times), np.repeat(places + 1, times) + steps


def _add(keys, counts, new, times):
    """Add counts by key to counts by key; both rising."""
    if not len(keys):
        return new, times.astype(np.int64)
    merged, places = np.unique(np.concatenate([keys, new]), return_inverse=True)
    sums = np.bincount(places, np.concatenate([counts, times]), len(merged))
    return merged, np.rint(sums).astype(np.int64)
