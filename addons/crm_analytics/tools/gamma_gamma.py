"""What a customer spends on a purchase: the Gamma-Gamma model.

A customer's purchases vary around a mean of his own, and the means vary over the
customers. Of each customer the model needs the number of purchases and their mean
amount; the fewer purchases he made, the closer he is expected to be to the others.

Source: P. S. Fader and B. G. S. Hardie, The Gamma-Gamma Model of Monetary Value (2013).
"""

from dataclasses import dataclass

START = (2.0, 2.0, 1.0)
LIMIT = 12.0


@dataclass(frozen=True)
class Parameters:
    """What was fitted; ``gamma`` in the currency of the amounts."""

    p: float
    q: float
    gamma: float
    log_likelihood: float = 0.0
    converged: bool = True
    reason: str = ""


def fit(counts, means):
    """Return the parameters of the greatest likelihood.

    :param counts: purchases per customer, whole numbers above 0
    :param means: mean amount of them, above 0

    >>> import numpy as np
    >>> model = fit(np.array([1, 2, 3, 4] * 25), np.linspace(10, 60, 100))
    >>> model.converged and model.q > 1
    True
    >>> fit(np.array([]), np.array([])).reason
    'empty'
    """
    import numpy as np  # noqa: PLC0415 see bg_nbd
    from scipy.optimize import minimize  # noqa: PLC0415 see bg_nbd

    if not len(counts):
        return Parameters(*START, converged=False, reason="empty")
    # amounts in units of their mean: the search begins at the same place everywhere
    unit = float(np.average(means, weights=counts))
    sums = counts * (means / unit)
    likelihood = _likelihood(counts, sums, np.log(means / unit).sum())
    found = minimize(
        likelihood,
        np.log(START),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-LIMIT, LIMIT)] * 3,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
    )
    p, q, gamma = map(float, np.exp(found.x))
    reason = ""
    if not np.isfinite(found.fun) or np.abs(found.jac).max() > 1e-3:
        reason = "not_converged"
    elif np.abs(found.x).max() > LIMIT - 1 or q <= 1:
        reason = "at_bound"
    value = -found.fun * len(counts) - len(counts) * np.log(unit)
    return Parameters(p, q, gamma * unit, float(value), not reason, reason)


def _likelihood(counts, sums, log_means):
    """Return the function of minus the mean log-likelihood and its gradient."""
    import numpy as np  # noqa: PLC0415 see bg_nbd
    from scipy.special import digamma, gammaln  # noqa: PLC0415 see bg_nbd

    size = len(counts)
    numbers, index = np.unique(counts, return_inverse=True)
    sizes = np.bincount(index).astype(float)
    log_sums = np.bincount(index, weights=np.log(sums))

    def value(logs):
        p, q, gamma = np.exp(logs)
        log_total = np.log(gamma + sums)
        by_number = np.bincount(index, weights=log_total)
        inverse = 1.0 / (gamma + sums)
        shape = p * numbers
        total = (
            sizes @ (gammaln(shape + q) - gammaln(shape))
            - size * (gammaln(q) - q * np.log(gamma))
            + shape @ log_sums
            - (shape + q) @ by_number
            - log_means
        )
        both = digamma(shape + q)
        gradient = (
            (numbers * sizes) @ (both - digamma(shape))
            + numbers @ (log_sums - by_number),
            sizes @ both - size * (digamma(q) - np.log(gamma)) - by_number.sum(),
            size * q / gamma - p * (counts @ inverse) - q * inverse.sum(),
        )
        scaled = np.array(gradient) * np.array((p, q, gamma)) / size
        return -total / size, -scaled

    return value


def expected(parameters, counts, means):
    """Return the amount that each customer is expected to spend on a purchase.

    Of whom no purchase is known, that of all customers.

    >>> import numpy as np
    >>> model = Parameters(6.25, 3.74, 15.44)
    >>> counts, means = np.array([0, 2]), np.array([0.0, 22.35])
    >>> expected(model, counts, means).round(2).tolist()
    [35.22, 24.66]
    """
    p, q, gamma = parameters.p, parameters.q, parameters.gamma
    return p * (gamma + counts * means) / (p * counts + q - 1)
