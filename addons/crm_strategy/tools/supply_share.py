"""Share of supply: what of a customer's demand we deliver."""


def overlap_days(start, end, since, until):
    """Return how many days of the period lie between two days, both included.

    >>> from datetime import date
    >>> overlap_days(date(2026, 1, 1), date(2026, 3, 31), date(2026, 3, 1),
    ...              date(2026, 12, 31))
    31
    >>> overlap_days(date(2026, 1, 1), date(2026, 1, 31), date(2026, 3, 1),
    ...              date(2026, 12, 31))
    0
    """
    return max((min(end, until) - max(start, since)).days + 1, 0)


def yearly_quantity(quantity, days, window_days):
    """Return what a quantity known for some days means for the whole window.

    >>> yearly_quantity(90, 90, 365)
    365.0
    """
    return quantity / days * window_days


def total_demand(own, others, stated=None):
    """Return what a customer needs: what he says, but no less than what he gets.

    >>> total_demand(30, 50), total_demand(30, 50, 100), total_demand(30, 50, 60)
    (80, 100, 80)
    """
    return max(own + others, stated or 0)


def supply_share(own, demand):
    """Return our deliveries in percent of the demand, None without a demand.

    >>> supply_share(30, 120), supply_share(0, 0)
    (25.0, None)
    """
    return 100 * own / demand if demand > 0 else None
