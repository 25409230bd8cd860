"""The days of which a condition can be true, as far as it says so itself."""

from datetime import date


def day_bounds(domain, name):
    """Return the first and the last day of field ``name`` that ``domain`` lets in.

    :param domain: in prefix form; only days that are dates are understood
    :return: a pair; None where there is no bound

    >>> first, last, other = date(2026, 1, 1), date(2026, 12, 31), date(2024, 5, 1)
    >>> year = [("day", ">=", first), ("day", "<=", last)]
    >>> day_bounds(["&", *year], "day") == (first, last)
    True
    >>> day_bounds([("user", "=", 7), *year], "day") == (first, last)
    True

    Of alternatives, all days of each; one without bounds lets in all:

    >>> day_bounds(["|", "&", *year, ("day", "in", {other})], "day") == (other, last)
    True
    >>> day_bounds(["|", ("day", ">", first), ("late", "=", True)], "day")
    (None, None)
    >>> day_bounds(["!", ("day", ">", first)], "day"), day_bounds([], "day")
    ((None, None), (None, None))
    >>> day_bounds([("day", ">", "today -30d")], "day")
    (None, None)
    """
    stack = []
    for item in reversed(list(domain)):
        if item == "!":
            stack[-1] = (None, None)
        elif item == "&":
            stack.append(_both(stack.pop(), stack.pop()))
        elif item == "|":
            stack.append(_either(stack.pop(), stack.pop()))
        else:
            stack.append(_condition_bounds(item, name))
    bounds = (None, None)
    for term in stack:
        bounds = _both(bounds, term)
    return bounds


def _condition_bounds(condition, name):
    """Return the bounds of one condition; none of what is no plain condition."""
    if not isinstance(condition, tuple | list) or condition[0] != name:
        return (None, None)
    operator, value = condition[1:]
    if operator == "in" and value and all(isinstance(day, date) for day in value):
        return (min(value), max(value))
    if operator in (">", ">=") and isinstance(value, date):
        return (value, None)
    if operator in ("<", "<=") and isinstance(value, date):
        return (None, value)
    return (None, None)


def _both(one, other):
    lows = [low for low, _high in (one, other) if low is not None]
    highs = [high for _low, high in (one, other) if high is not None]
    return (max(lows, default=None), min(highs, default=None))


def _either(one, other):
    lows, highs = zip(one, other, strict=True)
    return (
        None if None in lows else min(lows),
        None if None in highs else max(highs),
    )
