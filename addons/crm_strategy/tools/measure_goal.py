"""How far a goal is reached, and whether it is."""

from .measure_trend import TINY


def attainment(actual, goal, baseline, direction):
    """Return how far ``goal`` is reached as a fraction, None where undefined.

    From a baseline on, it is the part of the way that has been gone; a baseline of
    0 is none. Without one it is the actual by the goal, and the goal by the actual
    where less is better.

    >>> attainment(90.0, 120.0, 0.0, "more")
    0.75
    >>> attainment(90.0, 120.0, 80.0, "more"), attainment(70.0, 120.0, 80.0, "more")
    (0.25, -0.25)
    >>> attainment(12.0, 9.0, 0.0, "less"), attainment(12.0, 9.0, 15.0, "less")
    (0.75, 0.5)
    >>> attainment(0.0, 9.0, 0.0, "less"), attainment(5.0, 0.0, 0.0, "less")
    (1.0, 0.0)
    >>> attainment(5.0, -2.0, 0.0, "more") is None
    True
    """
    if abs(baseline) >= TINY and abs(goal - baseline) >= TINY:
        return (actual - baseline) / (goal - baseline)
    if direction == "less":
        return goal / actual if actual > TINY else float(is_met(actual, goal, "less"))
    return actual / goal if goal > TINY else None


def is_met(actual, goal, direction):
    """Tell whether ``actual`` is as good as ``goal`` or better.

    >>> is_met(10.0, 10.0, "more"), is_met(11.0, 10.0, "less")
    (True, False)
    >>> is_met(0.1 + 0.2, 0.3, "less")
    True
    """
    if direction == "less":
        return actual <= goal + TINY
    return actual >= goal - TINY


def judge(actual, goal, direction, is_open, is_flow):
    """Return ``met``, ``missed``, or ``running`` while that may still change.

    What happens in a period is judged at its end; a state may be as good as the goal
    before.

    >>> judge(9.0, 9.0, "more", True, True), judge(9.0, 9.0, "more", True, False)
    ('running', 'met')
    >>> judge(5.0, 9.0, "more", True, False), judge(5.0, 9.0, "more", False, False)
    ('running', 'missed')
    """
    is_reached = is_met(actual, goal, direction)
    if is_open and (is_flow or not is_reached):
        return "running"
    return "met" if is_reached else "missed"
