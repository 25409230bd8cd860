"""Which figures of a series deserve a look: robust rules, in plain Python.

A series is a list of figures, oldest first, one per period; None where there is none.

*Usual range.* Median of the earlier figures, with a spread that single wild figures do
not widen: 1.4826 x MAD, the median absolute deviation, which is the standard deviation
where figures are normal. Where more than half of them are the same (MAD 0), 1.2533 x
the mean absolute deviation takes its place (B. Iglewicz, D. Hoaglin: How to Detect and
Handle Outliers, ASQC 1993). The spread is at least 1 % of the median, so that a figure
that hardly ever moves is not out of the ordinary by a trifle. A series that was always
0 has no range. Where two seasons are known, the figure is held against the same period
a season before, and the changes over a season take the place of the figures.

*Rules.* Distances from the median are counted in spreads.

* outlier: one figure, farther than 3.5 (Iglewicz and Hoaglin, as above)
* level: three in a row, all farther than 2 on the same side of what was usual before
  them (stricter than "two of three" of the Western Electric Statistical Quality Control
  Handbook, 1956)
* trend: six in a row, each higher (or each lower) than the one before, which moved by
  one spread at least (L. Nelson: The Shewhart Control Chart, Journal of Quality
  Technology 16, 1984)

What the same rule has already said of the period before is no news.
"""

from itertools import pairwise
from statistics import median
from typing import NamedTuple

#: Kinds of what a series tells, and of what a goal tells
SERIES_KINDS = ("outlier", "level", "trend")
GOAL_KINDS = ("goal_missed", "goal_reached")

#: ``{(state, action): state}``, read with crm_strategy's ``tools/concept_states.py``
FINDING = {
    ("proposed", "accept"): "accepted",
    ("proposed", "dismiss"): "dismissed",
    ("accepted", "reopen"): "proposed",
    ("dismissed", "reopen"): "proposed",
    ("proposed", "withdraw"): "withdrawn",
    ("withdrawn", "revive"): "proposed",
}
SYSTEM_ACTIONS = frozenset({"withdraw", "revive"})

#: Periods of a season; a length of period that is not here has none
SEASONS = {"day": 7, "week": 52, "month": 12, "quarter": 4}

MAD_TO_SIGMA = 1.4826
MEAN_DEVIATION_TO_SIGMA = 1.2533
LEAST_SPREAD = 0.01
#: Spreads that a trend must have moved by
LEAST_MOVE = 1.0


class Rules(NamedTuple):
    """How far is far, how many are enough."""

    threshold: float = 3.5
    level_threshold: float = 2.0
    level_count: int = 3
    trend_count: int = 6
    least_count: int = 8
    period_count: int = 24


class Range(NamedTuple):
    """What a figure usually is."""

    centre: float
    spread: float

    def bounds(self, distance, known=(), ceiling=None):
        """Return lowest and highest usual figure.

        What was never negative is not said to be so usually; ``ceiling``: nothing is
        said to be above it, unless it was.

        >>> Range(10.0, 2.0).bounds(2)
        (6.0, 14.0)
        >>> Range(0.5, 0.25).bounds(3, known=[0.1, 0.9], ceiling=1.0)
        (0.0, 1.0)
        """
        low = self.centre - distance * self.spread
        high = self.centre + distance * self.spread
        if known and min(known) >= 0:
            low = max(low, 0.0)
        if ceiling is not None and known and max(known) <= ceiling:
            high = min(high, ceiling)
        return low, high


class Found(NamedTuple):
    """What one rule says of one period; ``side`` 1 is above, -1 below."""

    kind: str
    side: int
    strength: float
    low: float
    high: float
    is_seasonal: bool = False
    is_news: bool = True


def spread_of(figures, size=0.0):
    """Return the spread of ``figures``; ``size``: of what they are changes.

    >>> spread_of([1.0, 2.0, 3.0, 4.0, 100.0])  # 1.4826 x 1
    1.4826
    >>> round(spread_of([5.0, 5.0, 5.0, 9.0]), 4)  # MAD 0: 1.2533 x 1
    1.2533
    >>> spread_of([5.0] * 8, size=5.0), spread_of([0.0] * 8)
    (0.05, 0.0)
    """
    middle = median(figures)
    distances = [abs(figure - middle) for figure in figures]
    spread = MAD_TO_SIGMA * median(distances)
    if not spread:
        spread = MEAN_DEVIATION_TO_SIGMA * sum(distances) / len(distances)
    return max(spread, LEAST_SPREAD * abs(size))


class Reference(NamedTuple):
    """What figures are held against: those of the periods ``start`` to ``until``."""

    series: list
    start: int
    until: int
    #: periods of a season where figures are held against the season before, else 0
    lag: int
    centre: float
    spread: float

    def get_range(self, at):
        """Return the :class:`Range` of the figure at ``at``."""
        base = self.series[at - self.lag] if self.lag else 0.0
        return Range(base + self.centre, self.spread)

    def get_known(self):
        """Return the figures."""
        return _known(self.series[self.start : self.until])

    def distance(self, at):
        """Return how many spreads the figure at ``at`` is from the middle."""
        return (self.series[at] - self.get_range(at).centre) / self.spread


def _known(figures):
    return [figure for figure in figures if figure is not None]


def reference(series, run, season, rules):
    """Return the :class:`Reference` for the periods ``run``, None where unknown.

    >>> reference([1.0, 2.0, 3.0] * 2 + [9.0], range(6, 7), 0, Rules()) is None
    True
    >>> reference([2.0, None, 3.0, 4.0] * 3 + [9.0], range(12, 13), 0, Rules()).centre
    3.0
    >>> years = [1.0] * 11 + [50.0] + [2.0] * 11 + [52.0] + [3.0] * 11 + [53.0]
    >>> december = reference(years, range(35, 36), 12, Rules())
    >>> december.lag, december.get_range(35).centre
    (12, 53.0)
    """
    until = run[0]
    first = next((i for i, figure in enumerate(series) if figure is not None), until)
    start = max(first, until - rules.period_count)
    known = _known(series[start:until])
    if len(known) < rules.least_count:
        return None
    size = median(known)
    if season and until - start >= 2 * season:
        changes = [
            series[i] - series[i - season]
            for i in range(start + season, until)
            if series[i] is not None and series[i - season] is not None
        ]
        is_known = all(series[i - season] is not None for i in run)
        if is_known and len(changes) >= rules.least_count:
            spread = spread_of(changes, size)
            if spread:
                middle = median(changes)
                return Reference(series, start, until, season, middle, spread)
    spread = spread_of(known, size)
    return Reference(series, start, until, 0, size, spread) if spread else None


def _same_side(distances, threshold):
    """Return 1 or -1 if all are farther than ``threshold`` on that side, else 0."""
    if min(distances) > threshold:
        return 1
    return -1 if max(distances) < -threshold else 0


def _one_direction(distances):
    """Return 1 or -1 if they only rise or only fall, and far enough, else 0."""
    steps = [new - old for old, new in pairwise(distances)]
    if abs(distances[-1] - distances[0]) < LEAST_MOVE:
        return 0
    return _same_side(steps, 0.0) if steps else 0


def _judge_kind(kind, series, at, season, rules, ceiling):
    """Return what the rule ``kind`` says of the period ``at``, None if nothing."""
    count = {"level": rules.level_count, "trend": rules.trend_count}.get(kind, 1)
    run = range(at - count + 1, at + 1)
    if run[0] < 0 or any(series[i] is None for i in run):
        return None
    held = reference(series, run, season, rules)
    if not held:
        return None
    distances = [held.distance(i) for i in run]
    limit = rules.threshold if kind == "outlier" else rules.level_threshold
    if kind == "trend":
        side = _one_direction(distances)
        strength = abs(distances[-1] - distances[0])
    else:
        side = _same_side(distances, limit)
        strength = abs(median(distances))
    if not side:
        return None
    low, high = held.get_range(at).bounds(limit, held.get_known(), ceiling)
    return Found(kind, side, strength, low, high, bool(held.lag))


def judge(series, at, season=0, rules=None, ceiling=None):
    """Return what the rules say of the period at index ``at``.

    >>> usual = [10.0, 12.0, 11.0, 9.0, 10.0, 11.0, 12.0, 10.0]
    >>> [(f.kind, f.side, round(f.strength, 2)) for f in judge([*usual, 20.0], 8)]
    [('outlier', 1, 12.82)]
    >>> [(round(f.low, 2), round(f.high, 2)) for f in judge([*usual, 20.0], 8)]
    [(7.91, 13.09)]
    >>> judge([*usual, 12.0], 8), judge([*usual, None], 8), judge(usual[:5] + [99.0], 5)
    ([], [], [])

    Still out of the usual in the next period: no news, until it is a new level.

    >>> [(f.kind, f.is_news) for f in judge([*usual, 20.0, 19.0], 9)]
    [('outlier', False)]
    >>> [(f.kind, f.is_news) for f in judge([*usual, 20.0, 19.0, 21.0], 10)]
    [('outlier', False), ('level', True)]

    Six in a row fall: news once.

    >>> falls = [*usual, 11.0, 10.0, 9.5, 9.0, 8.5, 8.0]
    >>> [(f.kind, f.side, f.is_news) for f in judge(falls, 13)]
    [('trend', -1, True)]
    >>> [(f.kind, f.is_news) for f in judge([*falls, 7.5], 14)]
    [('trend', False)]

    One that was always 0 has no usual range, one that was always 5 a narrow one.

    >>> judge([0.0] * 12 + [4.0], 12)
    []
    >>> [(f.kind, round(f.low, 3)) for f in judge([5.0] * 12 + [4.0], 12)]
    [('outlier', 4.825)]
    """
    rules = rules or Rules()
    found = []
    for kind in SERIES_KINDS:
        now = _judge_kind(kind, series, at, season, rules, ceiling)
        if now:
            before = _judge_kind(kind, series, at - 1, season, rules, ceiling)
            is_known = bool(before) and before.side == now.side
            found.append(now._replace(is_news=not is_known))
    return found


def goal_strength(actual, goal, series, at, rules=None):
    """Return by how many spreads of the earlier figures a goal is missed or passed.

    1 where too few figures are known.

    >>> usual = [10.0, 12.0, 11.0, 9.0, 10.0, 11.0, 12.0, 10.0]
    >>> round(goal_strength(9.0, 12.0, usual, 8), 2), goal_strength(9.0, 12.0, [], 0)
    (4.05, 1.0)
    """
    held = reference(series, range(at, at + 1), 0, rules or Rules())
    return abs(actual - goal) / held.spread if held else 1.0
