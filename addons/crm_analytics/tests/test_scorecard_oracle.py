import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import stdev
from unittest.mock import patch

import pytz

from odoo.tests import tagged

from odoo.addons.crm_analytics.models.scorecard import crm_scorecard_engine_changed

from .common import ScorecardCommon

ZONE = pytz.timezone("Asia/Shanghai")
AS_OF = date(2026, 6, 30)
FIGURES = (
    "first_order_date",
    "last_order_date",
    "order_count",
    "purchase_day_count",
    "revenue",
    "refunded_amount",
    "margin",
    "average_order",
    "interval_mean",
    "interval_spread",
    "next_order_date",
    "is_repeat",
    "invoiced_amount",
    "active",
)
SCORES = ("recency_score", "frequency_score", "monetary_score", "rfm_code")


def rounded(value, digits=2):
    quantum = Decimal(1).scaleb(-digits)
    return float(Decimal(value).quantize(quantum, ROUND_HALF_UP))


def exact(value):
    return Decimal(repr(value))


@tagged("post_install", "-at_install")
class TestScorecardOracle(ScorecardCommon):
    """Random ledgers: the engine's rows against figures worked out in plain Python."""

    # --- THE ORACLE

    def _oracle(self):
        """Return ``{customer: figures}`` from single records, without any SQL."""
        internal = self.env["res.company"].search([]).partner_id
        orders = self.env["sale.order"].search(
            [("company_id", "=", self.company.id), ("state", "=", "sale")]
        )
        by_customer = defaultdict(list)
        for order in orders:
            day = pytz.utc.localize(order.date_order).astimezone(ZONE).date()
            customer = order.partner_id.commercial_partner_id
            if day <= AS_OF and customer not in internal:
                by_customer[customer].append((day, order))
        return {
            customer: self._oracle_customer(customer, purchases)
            for customer, purchases in by_customer.items()
        }

    def _oracle_customer(self, customer, purchases):
        days = sorted({day for day, _order in purchases})
        gaps = [(after - before).days for before, after in pairwise(days)]
        revenue = margin = refunded = Decimal(0)
        for _day, order in purchases:
            rate = exact(order.currency_rate)
            value, gain = exact(order.amount_untaxed) / rate, exact(order.margin) / rate
            share = self._oracle_refund_share(order)
            refunded += value * share
            revenue += value * (1 - share)
            margin += gain * (1 - share)
        mean = Decimal(sum(gaps)) / len(gaps) if gaps else None
        due = mean and days[-1] + timedelta(days=int(rounded(mean, 0)))
        return {
            "first_order_date": days[0],
            "last_order_date": days[-1],
            "order_count": len(purchases),
            "purchase_day_count": len(days),
            "revenue": rounded(revenue),
            "refunded_amount": rounded(refunded),
            "margin": rounded(margin),
            "average_order": rounded(revenue / len(purchases)),
            "interval_mean": rounded(mean) if gaps else 0.0,
            "interval_spread": rounded(stdev(map(Decimal, gaps))) if gaps[1:] else 0.0,
            "next_order_date": due or False,
            "is_repeat": len(purchases) > 1,
            "invoiced_amount": self._oracle_invoiced(customer),
            "active": customer.active,
        }

    def _oracle_refund_share(self, order):
        """Return which share of an order credit notes took back for good."""
        credited = invoiced = Decimal(0)
        for line in order.order_line.invoice_lines:
            move = line.move_id
            if move.state != "posted" or move.invoice_date > AS_OF:
                continue
            if move.move_type == "out_refund":
                credited += exact(line.amount_currency)
            else:
                invoiced -= exact(line.amount_currency)
        total = exact(order.amount_untaxed)
        if not total or not credited:
            return Decimal(0)
        taken = min(credited - max(Decimal(0), invoiced - total), total)
        return max(taken, Decimal(0)) / total

    def _oracle_invoiced(self, customer):
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("invoice_date", "<=", AS_OF),
            ]
        )
        own = moves.filtered(lambda m: m.partner_id.commercial_partner_id == customer)
        return rounded(sum(map(exact, own.mapped("amount_untaxed_signed"))))

    def _oracle_scores(self, figures):
        """Return ``{customer: scores}`` with quintile bounds, by counting."""
        ranked = {c: f for c, f in figures.items() if f["active"]}
        scores = {customer: [] for customer in ranked}
        for name in ("last_order_date", "order_count", "revenue"):
            values = sorted(f[name] for f in ranked.values())
            bounds = []
            for fifth in (1, 2, 3, 4):
                reached = next(
                    v
                    for v in values
                    if 5 * sum(other <= v for other in values) >= fifth * len(values)
                )
                bounds.append(min((v for v in values if v > reached), default=None))
            for customer, figure in ranked.items():
                value = figure[name]
                scores[customer].append(
                    1 + sum(1 for b in bounds if b is not None and value >= b)
                )
        return {
            customer: dict(
                zip(SCORES, [*triple, "".join(map(str, triple))], strict=True)
            )
            for customer, triple in scores.items()
        }

    # --- RANDOM LEDGERS

    def _random_ledger(self, dice):
        customers = self.env["res.partner"]
        for index in range(12):
            customers |= self._create_customer(
                f"Customer {index}", is_company=dice.random() < 0.6
            )
        companies = customers.filtered("is_company")
        contacts = self.env["res.partner"]
        for index in range(4):
            contacts |= self._create_customer(
                f"Contact {index}",
                is_company=False,
                parent_id=dice.choice(companies).id,
            )
        buyers = customers | contacts | self.other_company.partner_id
        for _index in range(45):
            self._random_order(dice, dice.choice(buyers))
        dice.choice(customers).active = False
        return buyers

    def _random_order(self, dice, partner):
        moment = datetime(2026, 1, 1) + timedelta(minutes=dice.randrange(60 * 24 * 200))
        order = self._create_order(
            partner,
            str(moment),
            dice.choice([0, 12.34, 99.99, 250, 1000.01]),
            cost=dice.choice([0, 5, 80]),
            currency=dice.choice([self.company.currency_id, self.euro]),
            company=dice.choice([self.company] * 4 + [self.other_company]),
            confirm=dice.random() < 0.85,
        )
        if order.state == "sale" and order.amount_untaxed and dice.random() < 0.25:
            invoice = self._invoice(order, "2026-05-01")
            if dice.random() < 0.7:
                amount = dice.choice([None, round(order.amount_untaxed / 3, 2)])
                self._refund(invoice, dice.choice(["2026-05-20", "2026-07-05"]), amount)
        elif order.state == "sale" and dice.random() < 0.1:
            order._action_cancel()
        return order

    def _random_changes(self, dice, buyers):
        """Do to the ledger what people do to it between two refreshes."""
        orders = self.env["sale.order"].search(
            [("company_id", "=", self.company.id), ("state", "=", "sale")]
        )
        free = orders.filtered(lambda o: not o.invoice_ids)
        for _index in range(3):
            self._random_order(dice, dice.choice(buyers))
        changed, moved, cancelled, dated = dice.sample(free, 4)
        changed.order_line.price_unit += 7.5
        moved.partner_id = dice.choice(buyers - moved.partner_id)
        cancelled._action_cancel()
        dated.date_order -= timedelta(days=17)
        contact = buyers.filtered("parent_id")[0]
        contact.parent_id = buyers.filtered("is_company")[-2]
        buyers[0].active = not buyers[0].active
        self._random_deletions(dice, buyers, free - changed - moved - cancelled - dated)
        self._random_billing(dice, buyers, orders)
        invoiced = orders.invoice_ids.filtered(
            lambda m: m.state == "posted" and m.move_type == "out_invoice"
        )
        if invoiced:
            self._refund(invoiced[0], "2026-06-15", amount=3)

    def _random_deletions(self, dice, buyers, orders):
        """Delete an order, and all orders of one customer at once."""
        gone = dice.choice(orders)
        loser = dice.choice((orders - gone).partner_id)
        gone |= self.env["sale.order"].search(
            [("partner_id", "=", loser.id), ("invoice_ids", "=", False)]
        )
        gone._action_cancel()
        gone.unlink()

    def _random_billing(self, dice, buyers, orders):
        """Bill third parties; move, reset and delete invoices and credit notes."""
        orders = orders.exists()
        free = orders.filtered(
            lambda o: not o.invoice_ids and o.state == "sale" and o.amount_untaxed
        )
        for order in dice.sample(free, 2):
            invoice = order._create_invoices()
            invoice.partner_id = dice.choice(buyers - order.partner_id)
            invoice.invoice_date = "2026-06-01"
            invoice.action_post()
            if dice.random() < 0.7:
                self._refund(invoice, "2026-06-10", dice.choice([None, 2]))
        moves = orders.invoice_ids.filtered(lambda m: m.state == "posted")
        credited = moves.filtered(lambda m: m.move_type == "out_refund")
        for move in {dice.choice(moves), dice.choice(credited or moves)}:
            move.button_draft()
            if dice.random() < 0.5:
                move.partner_id = dice.choice(buyers)
                move.invoice_date = "2026-06-02"
                move.action_post()
            elif dice.random() < 0.5:
                move.unlink()

    def _rows(self, names):
        cards = (
            self.env["crm.customer.scorecard"]
            .with_context(active_test=False)
            .search([("company_id", "=", self.company.id)])
        )
        return {
            card.partner_id: {name: card[name] or False for name in names}
            for card in cards
        }

    def _expected(self, figures):
        return {
            customer: {name: value or False for name, value in figure.items()}
            for customer, figure in figures.items()
        }

    def _check_ledger(self, seed):
        dice = random.Random(seed)
        buyers = self._random_ledger(dice)
        self._refresh(str(AS_OF))
        figures = self._oracle()
        self.assertEqual(self._rows(FIGURES), self._expected(figures))
        ranked = self._oracle_scores(figures)
        scored = {c: r for c, r in self._rows(SCORES).items() if r["rfm_code"]}
        self.assertEqual(scored, ranked)

        for many in (0, 50):  # by way of tables, and by one statement
            self._backdate()
            self._random_changes(dice, buyers)
            with patch.object(crm_scorecard_engine_changed, "MANY", many):
                run = self._refresh(str(AS_OF), "incremental")
            self.assertEqual(run.mode, "incremental")
            after = self._rows(FIGURES)
            self.assertEqual(after, self._expected(self._oracle()))

        by_hand = self._rows(SCORES)
        engine = type(self.env["crm.scorecard.engine"])
        with patch.object(engine, "_store_bounds", lambda *args: None):
            run = self._refresh(str(AS_OF), "full")
        self.assertEqual(run.mode, "full")
        self.assertEqual(self._rows(FIGURES), after)
        self.assertEqual(self._rows(SCORES), by_hand)
        self.assertEqual((run.updated_count, run.corrected_count), (0, 0))

    def test_random_ledgers(self):
        for seed in (1, 20, 300):
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self._check_ledger(seed)
                savepoint.rollback()
                self.env.invalidate_all()
