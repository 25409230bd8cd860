"""What a customer earns us and costs us, in plain Python; the SQL says the same.

All amounts are of the same twelve months, untaxed, in the company's currency.
"""

from bisect import bisect_right
from dataclasses import dataclass

#: Tiers of what a customer spends per month, from the most to the least
TIERS = ("A", "B", "C", "D", "E")
#: Classes of customers by their part of the revenue
CLASSES = ("A", "B", "C")
MONTHS = 12


@dataclass(frozen=True)
class Costs:
    """What a customer costs beyond the goods.

    ``counted``: what the gross margin bears already, since it was given as a credit
    note or as a discount on an order; it must not count twice.
    """

    delivery: float = 0.0
    complaint: float = 0.0
    activity: float = 0.0
    counted: float = 0.0

    @property
    def to_serve(self):
        """Return the cost to serve.

        >>> Costs(delivery=10, complaint=50, activity=20, counted=30).to_serve
        50.0
        """
        return float(self.delivery + self.complaint + self.activity - self.counted)


def contribution(margin: float, costs: Costs) -> float:
    """Return what is left of the gross margin after the cost to serve.

    Discounts need no term of their own: the margin is that after discounts.

    >>> contribution(400.0, Costs(delivery=10, complaint=50, activity=20))
    320.0
    >>> contribution(0.0, Costs(activity=20))
    -20.0
    """
    return margin - costs.to_serve


def creation_rate(margin: float, cost_to_serve: float) -> float | None:
    """Return the gross margin that each unit of cost to serve stands beside.

    >>> creation_rate(400.0, 80.0), creation_rate(-40.0, 80.0)
    (5.0, -0.5)

    Whoever costs nothing beyond the goods has no such rate:

    >>> creation_rate(400.0, 0.0) is None
    True
    """
    return margin / cost_to_serve if cost_to_serve > 0 else None


def spending_tier(revenue: float, floors) -> str:
    """Return the tier of a customer who was invoiced ``revenue`` in twelve months.

    ``floors``: the least monthly amount of the tiers A to D, falling.

    >>> floors = (10000, 2000, 500, 100)
    >>> [spending_tier(12 * month, floors) for month in (10000, 9999, 500, 100, 99, 0)]
    ['A', 'B', 'C', 'D', 'E', 'E']
    >>> spending_tier(-50, floors)
    'E'
    """
    rising = sorted(floors)
    return TIERS[len(rising) - bisect_right(rising, revenue / MONTHS)]


def abc_bounds(revenues, percent_a: float = 80.0, percent_b: float = 95.0):
    """Return the least revenue of class A and of class B.

    Customers are taken by falling revenue. Whoever is needed to reach ``percent_a``
    of the revenue is in A, whoever is needed for ``percent_b`` in B; equal revenues
    get the same class. Refunded customers have no part in it.

    >>> abc_bounds([50, 30, 10, 6, 4])
    (30, 6)
    >>> abc_bounds([10, 10, 10, -5])
    (10, 10)
    >>> abc_bounds([0, -5]), abc_bounds([])
    ((None, None), (None, None))
    """
    revenues = sorted((r for r in revenues if r > 0), reverse=True)
    total, before, bounds = sum(revenues), 0.0, [None, None]
    for revenue in revenues:
        for place, percent in enumerate((percent_a, percent_b)):
            if before < total * percent / 100:
                bounds[place] = revenue
        before += revenue
    return tuple(bounds)


def abc_class(revenue: float, bounds) -> str:
    """Return the class of a customer by :func:`abc_bounds`.

    >>> [abc_class(revenue, (30, 6)) for revenue in (30, 29, 6, 5, -1)]
    ['A', 'B', 'B', 'C', 'C']
    >>> abc_class(5, (None, None))
    'C'
    """
    for name, bound in zip(CLASSES, bounds, strict=False):
        if bound is not None and revenue > 0 and revenue >= bound:
            return name
    return CLASSES[-1]


def discount_percent(discount: float, revenue: float) -> float | None:
    """Return the discount in percent of the prices before it.

    >>> discount_percent(25.0, 75.0)
    25.0
    >>> discount_percent(0.0, 0.0) is None
    True
    """
    listed = discount + revenue
    return 100.0 * discount / listed if listed > 0 else None


def discount_sensitivity(with_discount, without) -> float | None:
    """Return how much larger orders with a discount are, from -1 to 1.

    ``with_discount``, ``without``: orders' amounts before discounts. Zero: a discount
    makes no difference; 0.5: such orders are half as large again; 1: twice as large,
    or more. It takes two orders of each kind to say anything.

    >>> discount_sensitivity([150, 150], [100, 100])
    0.5
    >>> discount_sensitivity([500, 500], [100, 100])
    1.0
    >>> discount_sensitivity([50, 50], [100, 100])
    -0.5
    >>> discount_sensitivity([150], [100, 100]) is None
    True
    """
    if len(with_discount) < 2 or len(without) < 2:
        return None
    usual = sum(without) / len(without)
    if usual <= 0:
        return None
    return max(-1.0, min(1.0, sum(with_discount) / len(with_discount) / usual - 1))
