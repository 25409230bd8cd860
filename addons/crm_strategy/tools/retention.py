"""Retention programmes: their life, and how their success is measured.

The customers of a programme are compared with others (the control) over two
periods of the same length: before the start and since. What changed for both is
no merit of the programme; its effect is the difference of the two changes.
"""

from dataclasses import dataclass

TRANSITIONS = {
    ("draft", "start"): "running",
    ("draft", "cancel"): "cancelled",
    ("running", "finish"): "finished",
    ("running", "cancel"): "cancelled",
    ("cancelled", "reset"): "draft",
}

# Measures of which less is better
LOWER_IS_BETTER = ("lapsed",)


@dataclass(frozen=True)
class Figures:
    """What a group of customers did in a period.

    :param customers: how many are in the group
    :param buyers: how many of them bought at least once
    :param repeaters: how many bought at least twice
    :param orders: purchases of all
    :param revenue: revenue of all, less refunds
    """

    customers: int = 0
    buyers: int = 0
    repeaters: int = 0
    orders: int = 0
    revenue: float = 0.0


def measure(kind: str, figures: Figures) -> float:
    """Return the measure ``kind`` of a group: shares in percent, else per customer.

    >>> group = Figures(customers=8, buyers=5, repeaters=2, orders=9, revenue=4000.0)
    >>> [measure(k, group) for k in ("repeat", "lapsed", "orders", "revenue")]
    [40.0, 37.5, 1.125, 500.0]

    Nobody there, nothing to measure:

    >>> [measure(k, Figures()) for k in ("repeat", "lapsed", "orders", "revenue")]
    [0.0, 0.0, 0.0, 0.0]
    """
    part, whole = {
        "repeat": (100.0 * figures.repeaters, figures.buyers),
        "lapsed": (100.0 * (figures.customers - figures.buyers), figures.customers),
        "orders": (figures.orders, figures.customers),
        "revenue": (figures.revenue, figures.customers),
    }[kind]
    return part / whole if whole else 0.0


def effect(before: float, after: float, control: tuple | None = None) -> float:
    """Return the change of a group less that of its control (before, after).

    >>> effect(40.0, 55.0, (30.0, 35.0))
    10.0
    >>> effect(40.0, 55.0)
    15.0
    """
    change = after - before
    return change - (control[1] - control[0]) if control else change


def is_reached(kind: str, value: float, target: float) -> bool:
    """Return whether ``value`` is as good as the ``target`` or better.

    >>> is_reached("repeat", 50.0, 50.0), is_reached("lapsed", 12.0, 10.0)
    (True, False)
    """
    return value <= target if kind in LOWER_IS_BETTER else value >= target


def kept_beyond_control(
    buyers: int, kept: int, control_buyers: int, control_kept: int
) -> float:
    """Return how many more were kept than at the control's rate.

    Kept is who bought in the period before and again since.

    >>> kept_beyond_control(20, 18, 100, 70)
    4.0

    Without a control to compare with, all that were kept:

    >>> kept_beyond_control(20, 18, 0, 0)
    18.0
    """
    if not control_buyers:
        return float(kept)
    return kept - buyers * control_kept / control_buyers


def cost_per(cost: float, count: float) -> float:
    """Return the cost per customer kept, zero where none was.

    >>> cost_per(9000.0, 4), cost_per(9000.0, 0), cost_per(9000.0, -2.5)
    (2250.0, 0.0, 0.0)
    """
    return cost / count if count > 0 else 0.0
