import doctest

from odoo.tests import TransactionCase, tagged

from odoo.addons.crm_analytics.tools import (
    bg_nbd,
    churn,
    gamma_gamma,
    lifetime,
    table_copy,
)

from .lifetime_common import CALIBRATION_END, HOLDOUT_END, read_cdnow


@tagged("post_install", "-at_install")
class TestLifetimeTools(TransactionCase):
    """The formulas against what was published on the CDNOW sample."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows, cls.later, cls.counts, cls.means = [], [], [], []
        for first, days, cents in read_cdnow():
            observed = (CALIBRATION_END - first).days
            known = [day for day in days if day <= observed]
            cls.rows.append((len(known), max(known, default=0), observed))
            cls.later.append(len(days) - len(known))
            repeated = sum(cents[1 : len(known) + 1])
            if repeated:
                cls.counts.append(len(known))
                cls.means.append(repeated / len(known) / 100)
        cls.purchases = bg_nbd.Purchases.of(cls.rows)

    def test_examples_in_the_documentation_hold(self):
        for module in (bg_nbd, churn, gamma_gamma, lifetime, table_copy):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 3, module.__name__)
            self.assertEqual(result.failed, 0, module.__name__)

    def test_purchases_as_published(self):
        """Fader, Hardie and Lee (2005), table 2."""
        self.assertEqual(len(self.rows), 2357)
        model = bg_nbd.fit(self.purchases)
        self.assertTrue(model.converged)
        self.assertEqual(
            [round(n, 3) for n in (model.r, model.alpha, model.a, model.b)],
            [0.243, 4.414, 0.793, 2.426],
        )
        self.assertAlmostEqual(model.log_likelihood, -9582.4, 1)

    def test_amounts_as_published(self):
        """Fader and Hardie (2013): of the 946 customers who bought again."""
        import numpy as np  # noqa: PLC0415 as in the tools

        self.assertEqual(len(self.counts), 946)
        model = gamma_gamma.fit(np.array(self.counts), np.array(self.means))
        self.assertTrue(model.converged)
        self.assertEqual(
            [round(n, 2) for n in (model.p, model.q, model.gamma)], [6.25, 3.74, 15.44]
        )

    def test_total_of_the_held_out_weeks(self):
        """The model is nearer to what came than a plain rate is."""
        days = (HOLDOUT_END - CALIBRATION_END).days
        expected = bg_nbd.expected(bg_nbd.fit(self.purchases), self.purchases, days)
        actual = sum(self.later)
        self.assertEqual(actual, 1882)
        self.assertLess(abs(expected.sum() / actual - 1), 0.15)
        repeats = self.purchases.repeats
        simple = lifetime.simple_orders(
            lifetime.simple_parameters(
                int(repeats.sum()), int(self.purchases.observed.sum())
            ),
            repeats,
            self.purchases.observed,
            days,
        )
        self.assertGreater(simple.sum() / actual - 1, 0.3)

    def test_interpolation_is_exact(self):
        model = bg_nbd.fit(self.purchases)
        found = bg_nbd.expected(model, self.purchases, 365)
        exact = bg_nbd._exact(
            model, self.purchases.repeats, self.purchases.observed, 365
        ) * bg_nbd.alive(model, self.purchases)
        self.assertLess(abs(found - exact).max(), 1e-9)

    def test_a_customer_with_very_many_purchases(self):
        model = bg_nbd.Parameters(0.243, 4.414, 0.793, 2.426)
        many = bg_nbd.Purchases.of([(50_000, 20_000, 20_001)])
        [expected] = bg_nbd.expected(model, many, 365)
        self.assertAlmostEqual(expected, 50_000 / 20_001 * 365, delta=20)

    def test_nobody_ever_leaves(self):
        rows = [(n, 90, 91) for n in (1, 2, 3, 5, 8, 12)] * 40
        model = bg_nbd.fit(bg_nbd.Purchases.of(rows))
        self.assertTrue(model.converged)
        self.assertGreater(bg_nbd.alive(model, bg_nbd.Purchases.of(rows)).min(), 0.9)

    def test_churn_score_on_held_out_data(self):
        """At least as good as the model's, and within 0.005 of the plain rank."""
        typical = 48.67  # median of the mean intervals
        scores = []
        for repeats, last, observed in self.rows:
            gap = last / repeats if repeats else typical
            silent = observed - last
            scores.append(
                churn.score(
                    {
                        "overdue": silent / (1.5 * gap),
                        "silence": silent / typical,
                        "few_orders": repeats + 1,
                        "complaint": 0,
                    }
                )[0]
            )
        stopped = [not later for later in self.later]
        silent = [observed - last for _repeats, last, observed in self.rows]
        plain = churn.plain_rank(silent, [row[0] for row in self.rows])
        auc = churn.auc(scores, stopped)
        self.assertGreaterEqual(auc, 0.763)
        self.assertGreaterEqual(auc, churn.auc(plain, stopped) - 0.005)
