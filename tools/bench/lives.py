"""Buying lives of customers: who orders when, as the BG/NBD model has it.

Every customer buys at a rate of his own (gamma), and after each order stays away
for good with a probability of his own (beta). Time first runs evenly and is then
bent through growth, the seasons of the year and the days of the week.
"""

import datetime as dt

import numpy as np

EPOCH = dt.date(2000, 1, 1)  # of PostgreSQL
DAY = 86_400_000_000  # microseconds

# Shape of the rates, and of the chance to stay away after an order
RATE_SHAPE, DROP_A, DROP_B = 0.55, 0.8, 9.0


def live(rng, rates, drops, births, horizon, cap=5000):
    """Return ``(customer, day)`` of each order; the first one is at birth."""
    who, when = [np.arange(len(rates), dtype=np.int32)], [births.copy()]
    active, now = who[0], births.copy()
    for _ in range(cap):
        stays = rng.random(len(active)) >= drops[active]
        active, now = active[stays], now[stays]
        if not len(active):
            break
        now = now + rng.standard_exponential(len(active)) / rates[active]
        inside = now < horizon
        active, now = active[inside], now[inside]
        who.append(active)
        when.append(now)
    return np.concatenate(who), np.concatenate(when)


def calibrate(seed, customers, mean, horizon):
    """Return the scale of the rates that gives ``mean`` orders per customer."""
    rng = np.random.default_rng(seed)
    count = min(customers, 20_000)
    births = horizon * np.sort(rng.random(count)) ** 1.15
    rates, drops = rng.gamma(RATE_SHAPE, 1.0, count), rng.beta(DROP_A, DROP_B, count)
    low, high = 1e-5, 10.0
    for _ in range(24):
        middle = (low * high) ** 0.5
        trial = np.random.default_rng(1)
        who, _when = live(trial, rates * middle + 1e-9, drops, births, horizon)
        if len(who) / count < mean:
            low = middle
        else:
            high = middle
    return high


def warp(even, start, days):
    """Turn days of even time into microseconds since 2000 of calendar time."""
    day = np.arange(days)
    first = start.toordinal()
    day_of_year = np.array(
        [dt.date.fromordinal(first + int(d)).timetuple().tm_yday for d in day]
    )
    year = 1 + 0.22 * np.sin(2 * np.pi * (day_of_year - 80) / 365.25)
    year += 0.35 * np.exp(-0.5 * ((day_of_year - 335) / 14.0) ** 2)
    weekday = np.array([1.15, 1.2, 1.15, 1.1, 1.0, 0.35, 0.2])[(first + day - 1) % 7]
    reached = np.concatenate([[0], np.cumsum((1 + 0.35 * day / days) * year * weekday)])
    reached *= days / reached[-1]
    place = np.interp(even, reached, np.arange(days + 1))
    whole = np.floor(place)
    hour = 7 + 12 * (place - whole)  # business hours, 07:00 to 19:00
    instant = ((start - EPOCH).days + whole) * DAY + hour * 3_600_000_000
    return instant.astype(np.int64) // 1_000_000 * 1_000_000
