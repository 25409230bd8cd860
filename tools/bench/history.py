"""A sales history as numpy arrays: orders, their lines, invoices and credit notes."""

import sys

import numpy as np
from lives import DAY, DROP_A, DROP_B, EPOCH, RATE_SHAPE, calibrate, live, warp

SALE, DRAFT, SENT, CANCEL = range(4)
STATES = [b"sale", b"draft", b"sent", b"cancel"]
INVOICED, TO_INVOICE, NOTHING = range(3)
INVOICE_STATES = [b"invoiced", b"to invoice", b"no"]


def popular(rng, count, draws):
    """Draw places 0 to count - 1 so that the first ones come often (Zipf)."""
    return np.minimum(rng.geometric(0.3, draws) - 1, count - 1)


class Products:
    """Prices, costs and popularity; money in cents."""

    def __init__(self, rng, count):
        self.count = count
        price = np.round(np.exp(rng.normal(3.4, 0.9, count)) * 100)
        self.price = np.maximum(100, price).astype(np.int64)
        self.cost = np.round(self.price * rng.beta(6, 4, count)).astype(np.int64)
        weight = 1 / (np.arange(count) + 3.7) ** 1.03
        self.reached = np.cumsum(weight) / weight.sum()
        self.by_rank = rng.permutation(count)
        self.companion = rng.permutation(count).astype(np.int32)

    def draw(self, rng, count):
        places = np.searchsorted(self.reached, rng.random(count))
        return self.by_rank[np.minimum(places, self.count - 1)].astype(np.int32)


class History:
    """What happened, before it has ids of a database.

    Of orders (one entry each, by time): ``who, when, state, invoiced, foreign,
    untaxed, tax, margin``. Of lines: ``order_of, sequence, product, quantity,
    discount, subtotal, line_tax``. Invoices: ``billed`` (orders with an invoice),
    ``credited`` (those with a credit note, of their first line).
    """

    def __init__(self, options, start, days):
        self.options, self.start, self.days = options, start, days
        self.rng = np.random.default_rng(options.seed)
        self.customers, self.orders = options.customers, options.orders
        self.products = Products(self.rng, options.products)
        self._simulate_orders()
        self._simulate_lines()
        self._simulate_amounts()
        self._simulate_states()
        self._simulate_invoices()

    def _simulate_orders(self):
        rng, count, wanted = self.rng, self.customers, self.orders
        mean = wanted / count * 1.03
        scale = calibrate(self.options.seed + 1, count, mean, self.days)
        self.birth = self.days * np.sort(rng.random(count)) ** 1.15
        rates = rng.gamma(RATE_SHAPE, 1.0, count) * scale + 1e-9
        drops = rng.beta(DROP_A, DROP_B, count)
        who, even = live(rng, rates, drops, self.birth, self.days)
        if len(who) < wanted:
            sys.exit(
                f"only {len(who)} orders came about: raise the mean for calibrate()"
            )
        # everyone's first order stays; of the others as many as are wanted
        others = rng.permutation(np.arange(count, len(who)))[: max(0, wanted - count)]
        kept = np.concatenate([np.arange(min(count, wanted)), others])
        by_time = kept[np.argsort(even[kept], kind="stable")]
        self.who = who[by_time]
        self.when = warp(even[by_time], self.start, self.days)

    def _simulate_lines(self):
        rng, products = self.rng, self.products
        per_order = np.minimum(1 + rng.poisson(2.0, self.orders), 15)
        self.lines = int(per_order.sum())
        self.first_line = np.concatenate([[0], np.cumsum(per_order)[:-1]])
        self.order_of = np.repeat(np.arange(self.orders, dtype=np.int32), per_order)
        self.sequence = np.arange(self.lines) - self.first_line[self.order_of]
        self.product = products.draw(rng, self.lines)
        # the second line is often what goes with the first one
        paired = rng.random(self.lines) < self.options.affinity * 2
        paired &= self.sequence == 1
        first = self.first_line[self.order_of[paired]]
        self.product[paired] = products.companion[self.product[first]]

    def _simulate_amounts(self):
        rng, products = self.rng, self.products
        size = np.exp(rng.normal(0, 0.8, self.customers))[self.who[self.order_of]]
        quantity = np.round(rng.standard_exponential(self.lines) * 2 * size)
        self.quantity = np.clip(quantity, 1, 5000).astype(np.int64)
        steps = np.searchsorted([0.78, 0.88, 0.95, 0.985], rng.random(self.lines))
        self.discount = np.array([0, 5, 10, 15, 20])[steps]
        gross = self.quantity * products.price[self.product]
        self.subtotal = (gross * (100 - self.discount) + 50) // 100
        self.line_tax = (self.subtotal * 15 + 50) // 100
        cost = products.cost[self.product] * self.quantity
        self.line_margin = self.subtotal - cost
        self.untaxed = self._per_order(self.subtotal)
        self.tax = self._per_order(self.line_tax)
        self.margin = self._per_order(self.line_margin)

    def _per_order(self, values):
        return np.add.reduceat(values, self.first_line)

    def _simulate_states(self):
        """Most orders are confirmed and invoiced; the recent ones are still open."""
        rng, count = self.rng, self.orders
        chance = rng.random(count)
        recent = np.arange(count) > count * 0.97
        state = np.where(chance < 0.05, CANCEL, SALE)
        self.state = np.where(
            recent & (chance > 0.55), np.where(chance > 0.8, DRAFT, SENT), state
        )
        done = rng.random(count) < np.where(recent, 0.3, 0.985)
        self.invoiced = (self.state == SALE) & done
        self.invoice_state = np.where(
            self.state == SALE, np.where(self.invoiced, INVOICED, TO_INVOICE), NOTHING
        )
        self.foreign = rng.random(count) < self.options.foreign_share

    def _simulate_invoices(self):
        rng, options = self.rng, self.options
        chosen = rng.random(self.orders) < options.invoice_share
        self.billed = np.flatnonzero(self.invoiced & chosen)
        self.billed_lines = np.flatnonzero(np.isin(self.order_of, self.billed))
        count = len(self.billed)
        self.billed_day = self.when[self.billed] // DAY + rng.integers(0, 10, count)
        self.credited = np.flatnonzero(rng.random(count) < options.refund_share)

    @property
    def first_instant(self):
        return (self.start - EPOCH).days * DAY
