"""How many orders a customer will place: the BG/NBD model.

While a customer is alive he buys at random with a rate of his own, and after each
purchase he leaves with a probability of his own. Rates are gamma distributed over the
customers (``r``, ``alpha``), probabilities beta distributed (``a``, ``b``). Of each
customer the model needs the repeat purchases ``x``, the time of the last one ``t_x``
and the time observed ``T``, both since his first purchase.

Times come in whole days and are counted in weeks, so that logarithms are looked up
in a table of days, and gamma functions in one of purchases: the fit looks at 200,000
customers in some milliseconds.

Source: P. S. Fader, B. G. S. Hardie and K. L. Lee, "Counting Your Customers" the Easy
Way, Marketing Science 24 (2005).

numpy and scipy are imported where they are used: a server that fits no model does not
load them.
"""

from dataclasses import dataclass

DAYS = 7  # in a unit of time: a week
#: where the search begins, and how far the logarithms of the parameters may go
START = (1.0, 10.0, 1.0, 5.0)
LIMIT = 12.0
#: customers from whom the search begins where there are many
SAMPLE = 10_000
#: nodes of the interpolation of what depends on the time observed
NODES = 32
#: days that anybody may have been observed
LONGEST = 36_525


@dataclass(frozen=True)
class Purchases:
    """Repeat purchases, day of the last one and days observed, one per customer.

    Arrays of whole numbers; days count from the first purchase.
    """

    repeats: object
    last: object
    observed: object

    @classmethod
    def of(cls, rows):
        """Return the purchases of ``(repeats, last, observed)`` rows.

        >>> Purchases.of([(2, 30, 90), (0, 0, 10)]).repeats.tolist()
        [2, 0]
        """
        import numpy as np  # noqa: PLC0415 see above

        table = np.asarray(rows, dtype=np.int64).reshape(-1, 3)
        return cls(table[:, 0], table[:, 1], table[:, 2])

    def every(self, step):
        """Return every ``step``-th customer.

        >>> all_of_them = Purchases.of([(2, 30, 90), (0, 0, 10), (1, 5, 10)])
        >>> all_of_them.every(2).repeats.tolist()
        [2, 1]
        """
        return Purchases(self.repeats[::step], self.last[::step], self.observed[::step])


@dataclass(frozen=True)
class Parameters:
    """What was fitted; times in weeks."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = 0.0
    converged: bool = True
    reason: str = ""


# --- FIT


class Likelihood:
    """The log-likelihood of purchases and its gradient, by tables."""

    def __init__(self, purchases):
        import numpy as np  # noqa: PLC0415 see above

        repeated = purchases.repeats > 0
        self.size = len(purchases.repeats)
        self.numbers, index = np.unique(purchases.repeats, return_inverse=True)
        self.counts = np.bincount(index).astype(float)
        self.longest = int(purchases.observed.max(initial=0))
        self.days = np.arange(self.longest + 1) / DAYS
        # of all: how many and how many purchases by days observed
        size = self.longest + 1
        self.observed_count = np.bincount(purchases.observed, minlength=size)
        self.observed_repeats = np.bincount(
            purchases.observed, weights=purchases.repeats, minlength=size
        )
        # only who bought again may have left
        self.number = index[repeated]
        self.repeats = purchases.repeats[repeated].astype(float)
        self.last = purchases.last[repeated]
        self.observed = purchases.observed[repeated]

    def leaving(self, exponent):
        """Return the probabilities of having left, and the sum of ln(1 + e^x)."""
        import numpy as np  # noqa: PLC0415 see above

        small = np.exp(-np.abs(exponent))
        whole = 1.0 + small
        gone = np.where(exponent > 0, 1.0, small) / whole
        return gone, np.maximum(exponent, 0.0).sum() + np.log(whole).sum()

    def value(self, logs):
        """Return the log-likelihood and its gradient by the logarithms given."""
        import numpy as np  # noqa: PLC0415 see above
        from scipy.special import digamma, gammaln  # noqa: PLC0415 see above

        r, alpha, a, b = np.exp(logs)
        x, n = self.numbers, self.counts
        log_day = np.log(alpha + self.days)
        inverse_day = 1.0 / (alpha + self.days)
        table = (
            gammaln(r + x)
            - gammaln(r)
            + r * np.log(alpha)
            + gammaln(a + b)
            - gammaln(a + b + x)
            + gammaln(b + x)
            - gammaln(b)
        )
        waiting = r * self.observed_count + self.observed_repeats
        # ln(a / (b + x - 1)) by the number of purchases; nothing of who has none
        beyond = np.where(x > 0, b + x - 1, 1.0)
        left = np.log(a / beyond)
        rate = r + self.repeats
        stay = log_day[self.observed] - log_day[self.last]
        exponent = left[self.number] + rate * stay
        gone, softened = self.leaving(exponent)
        by_number = np.bincount(self.number, weights=gone, minlength=len(x))
        total = n @ table - waiting @ log_day + softened
        gradient = (
            n @ (digamma(r + x) - digamma(r) + np.log(alpha))
            - self.observed_count @ log_day
            + gone @ stay,
            self.size * r / alpha
            - waiting @ inverse_day
            + (gone * rate) @ (inverse_day[self.observed] - inverse_day[self.last]),
            n @ (digamma(a + b) - digamma(a + b + x)) + by_number.sum() / a,
            n @ (digamma(a + b) - digamma(a + b + x) + digamma(b + x) - digamma(b))
            - by_number @ (1.0 / beyond),
        )
        return total, np.array(gradient) * np.array((r, alpha, a, b))


def fit(purchases, start=START):
    """Return the parameters of the greatest likelihood.

    >>> from random import Random
    >>> dice = Random(7)
    >>> rows = [(n, 20 * n, 20 * n + dice.randint(1, 90)) for n in (0, 0, 1, 2, 4) * 50]
    >>> found = fit(Purchases.of(rows))
    >>> found.r > 0 and found.alpha > 0
    True
    >>> fit(Purchases.of([])).reason
    'empty'
    """
    import numpy as np  # noqa: PLC0415 see above
    from scipy.optimize import minimize  # noqa: PLC0415 see above

    if not len(purchases.repeats):
        return Parameters(*start, converged=False, reason="empty")
    if len(purchases.repeats) > 2 * SAMPLE:
        # nearly there by a part of the customers, in a fraction of the time
        few = fit(purchases.every(len(purchases.repeats) // SAMPLE), start)
        start = (few.r, few.alpha, few.a, few.b)
    likelihood = Likelihood(purchases)
    scale = 1.0 / likelihood.size

    def loss(logs):
        value, gradient = likelihood.value(logs)
        return -value * scale, -gradient * scale

    with np.errstate(over="ignore"):
        found = minimize(
            loss,
            np.log(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-LIMIT, LIMIT)] * 4,
            options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-6},
        )
    reason = ""
    if not np.isfinite(found.fun) or np.abs(found.jac).max() > 1e-3:
        reason = "not_converged"
    elif np.abs(found.x[:2]).max() > LIMIT - 1:
        reason = "at_bound"  # of how the rates differ; a bound of leaving is a fact
    return Parameters(
        *map(float, np.exp(found.x)),
        log_likelihood=float(-found.fun / scale),
        converged=not reason,
        reason=reason,
    )


# --- PREDICTION


def alive(parameters, purchases):
    """Return the probability that each customer still buys.

    It is 1 of everyone who bought once: the model lets a customer leave after a repeat
    purchase only. So it is no measure of churn.

    >>> model = Parameters(0.243, 4.414, 0.793, 2.426)
    >>> one = Purchases.of([(2, 213, 272), (0, 0, 272)])
    >>> alive(model, one).round(3).tolist()
    [0.727, 1.0]
    """
    import numpy as np  # noqa: PLC0415 see above

    r, alpha, a, b = _safe(parameters)
    x = purchases.repeats
    beyond = np.where(x > 0, b + x - 1, 1.0)
    ratio = np.log(alpha + purchases.observed / DAYS)
    ratio -= np.log(alpha + purchases.last / DAYS)
    exponent = np.log(a / beyond) + (r + x) * ratio
    with np.errstate(over="ignore"):
        probability = 1.0 / (1.0 + np.exp(exponent))
    return np.where(x > 0, probability, 1.0)


def expected(parameters, purchases, days):
    """Return how many purchases each customer makes in the coming ``days``.

    The worked example of the authors' note for a spreadsheet: 2 repeat purchases, the
    last after 30.43 of 38.86 weeks, gives 1.226 in the next 39 weeks.

    >>> model = Parameters(0.243, 4.414, 0.793, 2.426)
    >>> expected(model, Purchases.of([(2, 213, 272)]), 273).round(3).tolist()
    [1.226]
    """
    return expected_each(parameters, purchases, [days])[0]


def expected_each(parameters, purchases, horizons):
    """Return one array as of :func:`expected` per horizon of days."""
    still = alive(parameters, purchases)
    return [
        _if_alive(parameters, purchases.repeats, purchases.observed, days) * still
        for days in horizons
    ]


def _if_alive(parameters, repeats, observed, days):
    """Return the purchases in ``days`` of customers known to be alive.

    That depends on the number of repeat purchases and, smoothly, on the time observed:
    of each number it is a Chebyshev polynomial of the logarithm of the time observed
    and the model's own time. The polynomial is the same for few customers and for all.
    """
    import numpy as np  # noqa: PLC0415 see above
    from numpy.polynomial import chebyshev  # noqa: PLC0415 see above

    ends = np.log(parameters.alpha + np.array([0.0, LONGEST]) / DAYS)
    nodes = chebyshev.chebpts1(NODES)
    weeks = np.exp(ends[0] + (nodes + 1) * (ends[1] - ends[0]) / 2) - parameters.alpha
    numbers, place = np.unique(repeats, return_inverse=True)
    grid = np.repeat(numbers, NODES), np.tile(weeks * DAYS, len(numbers))
    values = _exact(parameters, *grid, days).reshape(len(numbers), NODES)
    curves = chebyshev.chebfit(nodes, values.T, NODES - 1)
    known = np.unique(observed)
    points = 2 * (np.log(parameters.alpha + known / DAYS) - ends[0])
    points = points / (ends[1] - ends[0]) - 1
    polynomials = chebyshev.chebvander(points, NODES - 1)
    result = np.empty(len(repeats))
    step = 50_000  # bounds the memory
    day = np.searchsorted(known, observed)
    for low in range(0, len(repeats), step):
        part = slice(low, low + step)
        result[part] = np.einsum(
            "ij,ij->i", polynomials[day[part]], curves.T[place[part]]
        )
    return result


def _exact(parameters, repeats, observed, days):
    """Return the formula's value, after Euler's transformation of its 2F1.

    So no power of the number of purchases is left, which would overflow.
    """
    from scipy.special import hyp2f1  # noqa: PLC0415 see above

    r, alpha, a, b = _safe(parameters)
    time = alpha + observed / DAYS
    share = (days / DAYS) / (time + days / DAYS)
    bottom = a + b + repeats - 1
    series = hyp2f1(a + b - 1 - r, a - 1, bottom, share)
    return bottom / (a - 1) * (1 - (1 - share) ** (a - 1) * series)


def _safe(parameters):
    """Return the parameters, moved off the points where a quotient is 0 by 0."""
    r, alpha, a, b = parameters.r, parameters.alpha, parameters.a, parameters.b
    if abs(a - 1) < 1e-6:
        a = 1 + 1e-6
    if abs(a + b - round(a + b)) < 1e-6:
        b += 2e-6
    return r, alpha, a, b
