"""What a measure returns for a period, and how two of its figures compare."""

from typing import NamedTuple

#: Least difference that counts as a change (figures are double precision).
TINY = 1e-9


class MeasureResult(NamedTuple):
    """The figure of one period; ``value`` None says that there is none.

    A rate also gives its ``numerator`` and ``denominator``: they explain it and
    allow it to be added up over companies or periods.
    """

    value: float | None
    numerator: float = 0.0
    denominator: float = 0.0

    @classmethod
    def ratio(cls, numerator, denominator):
        """Return the quotient, which is no figure when nothing can be divided.

        >>> MeasureResult.ratio(1, 4)
        MeasureResult(value=0.25, numerator=1.0, denominator=4.0)
        >>> MeasureResult.ratio(0, 0).value is None
        True
        """
        numerator, denominator = float(numerator or 0), float(denominator or 0)
        value = numerator / denominator if denominator else None
        return cls(value, numerator, denominator)

    @property
    def is_empty(self):
        """Whether the figure says nothing: none at all, or zero out of nothing.

        >>> MeasureResult(0.0).is_empty, MeasureResult(0.0, 0, 5).is_empty
        (True, False)
        """
        return self.value is None or not (self.value or self.denominator)


class Change(NamedTuple):
    """Difference of two figures; ``percent`` (a fraction) None where undefined."""

    absolute: float
    percent: float | None
    tone: str


def without_leading_empty(results, kept_from=None):
    """Return ``results`` (period start: result) from the first that says something.

    The time before a company's first sale is no row of zeros. Periods from
    ``kept_from`` on, the first period already kept, always stay.

    >>> found = {1: MeasureResult(0.0), 2: MeasureResult(7.0), 3: MeasureResult(0.0)}
    >>> sorted(without_leading_empty(found))
    [2, 3]
    >>> sorted(without_leading_empty(found, kept_from=1))
    [1, 2, 3]
    >>> without_leading_empty({1: MeasureResult(0.0)})
    {}
    """
    telling = [start for start, result in results.items() if not result.is_empty]
    starts = [*telling, kept_from] if kept_from else telling
    if not starts:
        return {}
    first = min(starts)
    return {start: result for start, result in results.items() if start >= first}


def tone_of(difference, direction):
    """Return whether a difference is good, bad or neutral.

    >>> tone_of(3, "more"), tone_of(3, "less"), tone_of(-3, "less")
    ('good', 'bad', 'good')
    >>> tone_of(3, "neutral"), tone_of(1e-12, "more")
    ('neutral', 'neutral')
    """
    if direction == "neutral" or abs(difference) < TINY:
        return "neutral"
    return "good" if (difference > 0) == (direction == "more") else "bad"


def compare(current, previous, direction):
    """Return the :class:`Change` from ``previous`` to ``current``.

    The percentage is of the previous figure's size; from zero there is none.

    >>> compare(120.0, 100.0, "more")
    Change(absolute=20.0, percent=0.2, tone='good')
    >>> compare(-50.0, -100.0, "more")
    Change(absolute=50.0, percent=0.5, tone='good')
    >>> compare(5.0, 0.0, "less")
    Change(absolute=5.0, percent=None, tone='bad')
    """
    difference = current - previous
    percent = difference / abs(previous) if abs(previous) >= TINY else None
    return Change(difference, percent, tone_of(difference, direction))


def differs(old, new):
    """Tell whether two figures differ by more than double precision explains.

    >>> differs(0.1 + 0.2, 0.3), differs(1e12, 1e12 + 1), differs(0.0, 0.01)
    (False, True, True)
    """
    return abs(old - new) > 1e-13 * max(1.0, abs(old), abs(new))
