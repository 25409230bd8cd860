"""Customers lost and won back by period, from stays in lifecycle states."""

LOST = "lapsed"


def count_period(place, groups, kept):
    """Return ``(kept, lapsed, lost, back)`` of the period number ``place``.

    :param groups: ``(period of the start, period of the end, state, state before,
        number)`` of stays; 0 lies before the first period, None has no end
    :param kept: the states of customers whom one can lose

    Two bought before; one of them lapsed in it. One who had lapsed came back:

    >>> groups = [(0, None, "buying", None, 1), (0, 1, "loyal", "buying", 1),
    ...           (1, None, "lapsed", "loyal", 1), (0, 1, "lapsed", "buying", 1),
    ...           (1, None, "buying", "lapsed", 1)]
    >>> count_period(1, groups, ("buying", "loyal"))
    (2, 1, 1, 1)
    >>> count_period(2, groups, ("buying", "loyal"))
    (2, 1, 0, 0)
    """

    def total(is_meant):
        return sum(group[4] for group in groups if is_meant(*group[:4]))

    def is_there(start, end):
        return start < place and (end is None or end >= place)

    return (
        total(lambda start, end, state, _p: is_there(start, end) and state in kept),
        total(lambda start, end, state, _p: is_there(start, end) and state == LOST),
        total(lambda s, _e, state, p: s == place and state == LOST and p in kept),
        total(lambda s, _e, state, p: s == place and state in kept and p == LOST),
    )
