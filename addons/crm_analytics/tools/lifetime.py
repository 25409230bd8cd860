"""What a customer is worth: orders to come, their amount, and margin over the years.

``simple_*`` is what is used where data are too few for a model, or it does not
converge: a rate and an amount that lie between the customer's own and those of all,
the nearer to his own the more is known of him.
"""

YEAR = 365
#: a model needs as many customers who bought again
FEWEST = 100
#: purchases (of the company's mean) that are added to those of each customer
PRIOR = 1.0


def simple_parameters(repeats, observed_days):
    """Return ``(r, alpha)`` of the simple rate: a prior of one purchase.

    :param repeats: repeat purchases of all customers
    :param observed_days: days since the first purchase, of all customers

    >>> simple_parameters(10, 700)
    (1.0, 10.0)
    >>> simple_parameters(0, 700)
    (1.0, 101.0)
    """
    weeks = observed_days / 7.0
    return PRIOR, PRIOR * (weeks + 1.0 if not repeats else weeks) / max(repeats, 1)


def simple_orders(parameters, repeats, observed_days, days):
    """Return the purchases in the coming ``days`` by the simple rate.

    >>> simple_orders((1.0, 10.0), 4, 280, 70)
    1.0
    """
    r, alpha = parameters
    return (r + repeats) / (alpha + observed_days / 7.0) * (days / 7.0)


def simple_value(mean, counts, means):
    """Return the amount of a purchase: his own mean and one purchase of the others'.

    >>> simple_value(100.0, 4, 50.0), simple_value(100.0, 0, 0.0)
    (60.0, 100.0)
    """
    return (PRIOR * mean + counts * means) / (PRIOR + counts)


def margin_share(margin, revenue, value, share):
    """Return the margin per unit of revenue: his own and one purchase of the others'.

    :param value: amount of a purchase; ``share``: margin share of all customers

    >>> margin_share(30.0, 100.0, 100.0, 0.5)
    0.4
    >>> margin_share(0.0, 0.0, 0.0, 0.5)
    0.5
    """
    import numpy as np  # noqa: PLC0415 see bg_nbd

    whole = np.asarray(np.maximum(revenue, 0.0) + PRIOR * np.asarray(value, float))
    own = (margin + PRIOR * value * share) / np.where(whole > 0, whole, 1.0)
    result = np.clip(np.where(whole > 0, own, share), -1.0, 1.0)
    return result if result.ndim else round(float(result), 12)


def discounted(upto, rate):
    """Return the orders of the coming years at their present worth.

    Those of a year count as if they came in its middle.

    :param upto: orders up to the end of each year, one figure or array per year
    :param rate: discount rate per year, 0.1 for 10 %

    >>> round(discounted([2.0, 3.0], 0.1), 6)
    2.773709
    >>> discounted([2.0, 3.0], 0.0)
    3.0
    """
    total, before = 0.0, 0.0
    for year, orders in enumerate(upto):
        total = total + (orders - before) / (1.0 + rate) ** (year + 0.5)
        before = orders
    return total
