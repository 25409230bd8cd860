from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_analytics.tools import bg_nbd, lifetime

from .lifetime_common import CALIBRATION_END, HOLDOUT_END, LifetimeCommon


@tagged("post_install", "-at_install")
class TestLifetimeOnCdnow(LifetimeCommon):
    """The whole way from orders to what is expected, on published data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls._load_cdnow()
        cls._refresh(CALIBRATION_END)
        cls.model = cls.env["crm.lifetime.model"]._get_current(cls.company)

    def test_the_first_refresh_fits_the_published_model(self):
        model = self.model
        self.assertEqual(model.state, "fitted")
        self.assertEqual((model.customer_count, model.as_of), (2357, CALIBRATION_END))
        self.assertEqual(model.date_from, date(1997, 1, 1))
        self.assertEqual(
            [round(n, 3) for n in (model.r, model.alpha, model.a, model.b)],
            [0.243, 4.414, 0.793, 2.426],
        )
        self.assertAlmostEqual(model.log_likelihood, -9582.4, 1)
        self.assertEqual(model.margin_percent, 50.0)

    def test_figures_of_a_customer(self):
        """The formulas once more, for one customer, by hand."""
        prospect = self._part("prospecting", self.partners[0])
        own = bg_nbd.Purchases.of([(2, 213, 272)])
        parameters = self.model._get_parameters()
        upto = [
            float(bg_nbd.expected(parameters, own, 365 * year)[0]) for year in (1, 2, 3)
        ]
        self.assertAlmostEqual(prospect.expected_orders, upto[0], 2)
        self.assertAlmostEqual(prospect.probability_alive, 0.727, 3)
        mean = (29.33 + 29.73 + 14.96) / 3
        p, q, gamma = self.model.p, self.model.q, self.model.gamma
        value = p * (gamma + 3 * mean) / (p * 3 + q - 1)
        self.assertAlmostEqual(prospect.expected_revenue, upto[0] * value, 2)
        worth = lifetime.discounted(upto, 0.1) * value * 0.5
        self.assertAlmostEqual(prospect.lifetime_value, worth, 2)
        self.assertEqual(prospect.model_id, self.model)

    def test_check_and_back_test(self):
        self._refresh(HOLDOUT_END)
        self.policy.check_months = 9
        model = self.env["crm.lifetime.model"]._fit(self.company)
        self.assertEqual(model.check_date, CALIBRATION_END)
        self.assertEqual(model.check_actual, 1882)
        self.assertAlmostEqual(model.check_expected, 1653.4, 1)
        self.assertAlmostEqual(model.check_deviation, -12.1, 1)
        self.assertGreater(model.check_deviation_simple, 30)
        self.assertEqual(sum(model.check_ids.mapped("actual")), 1882)
        self.assertEqual(sum(model.check_ids.mapped("customer_count")), 2357)
        self.assertFalse(self.model.is_current)
        self.assertTrue(model.is_current)

        test = self.env["crm.churn.backtest"]._run(self.company)
        self.assertEqual(test.state, "done")
        self.assertEqual(test.as_of, CALIBRATION_END)
        self.assertEqual(test.customer_count, 2357)
        self.assertGreaterEqual(test.auc, 0.763)
        # nothing but purchases is known here: the plain rank knows as much
        self.assertGreaterEqual(test.auc, test.auc_plain - 0.005)
        self.assertEqual(test.is_plain_used, test.auc < test.auc_plain)
        self.assertEqual(sum(test.line_ids.mapped("stopped_count")), test.stopped_count)
        self.assertGreater(test.line_ids[0].share, test.line_ids[-1].share)
        self.assertGreater(test.lift, 1)

    def test_a_change_moves_one_customer_only(self):
        """Incremental and full refresh give the same figures."""
        self.env.cr.execute("UPDATE sale_order SET write_date = '2020-01-01'")
        self._load_orders([(self.partners[7], date(1997, 9, 28), 50, 25)])
        fields_ = ["expected_orders", "expected_revenue", "lifetime_value"]
        self._refresh(CALIBRATION_END, "incremental")
        domain = [("company_id", "=", self.company.id)]
        rows = self.env["crm.scorecard.prospecting"].search(domain, order="partner_id")
        before = rows.read(fields_)
        self._refresh(CALIBRATION_END)
        rows.invalidate_recordset()
        self.assertEqual(rows.read(fields_), before)

    def test_customer_equity(self):
        measure = self.env.ref("crm_analytics.crm_measure_customer_equity")
        self.policy.as_of_date = CALIBRATION_END
        measure._refresh_values()
        value = self.env["crm.measure.value"].search(
            [
                ("measure_id", "=", measure.id),
                ("company_id", "=", self.company.id),
                ("date_from", "<=", CALIBRATION_END),
                ("date_to", ">=", CALIBRATION_END),
            ]
        )
        rows = self.env["crm.scorecard.prospecting"].search(
            [("company_id", "=", self.company.id)]
        )
        total = sum(rows.mapped("lifetime_value"))
        self.assertAlmostEqual(value.value, total, 2)
        self.assertGreater(total, 0)


@tagged("post_install", "-at_install")
class TestCrmLifetimeModel(LifetimeCommon):
    AS_OF = date(2026, 6, 30)

    def _order(self, partner, days_ago, amount=100.0, margin=40.0):
        self._load_orders([(partner, self.AS_OF - timedelta(days_ago), amount, margin)])

    def test_few_customers_get_the_simple_rate(self):
        one, two = self._create_customers(2)
        for days_ago in (280, 210, 140, 70, 0):
            self._order(one, days_ago)
        self._order(two, 140, 300.0, 120.0)
        self._refresh(self.AS_OF)
        model = self.env["crm.lifetime.model"]._get_current(self.company)
        self.assertEqual((model.state, model.reason), ("fallback", "few"))
        # 4 repeat purchases in 280 and 140 days: one in 15 weeks
        self.assertEqual((model.r, model.alpha), (1.0, 15.0))
        self.assertEqual(model.order_value, 200.0)
        first, second = (self._part("prospecting", p) for p in (one, two))
        weeks = 365 / 7
        self.assertAlmostEqual(first.expected_orders, 5 / 55 * weeks, 2)
        self.assertAlmostEqual(second.expected_orders, 1 / 35 * weeks, 2)
        # (200 + 5 x 100) / 6 and (200 + 300) / 2
        self.assertAlmostEqual(first.expected_revenue, 5 / 55 * weeks * 700 / 6, 2)
        self.assertAlmostEqual(second.expected_revenue, 1 / 35 * weeks * 250, 2)
        self.assertFalse(first.probability_alive)
        # 40 % margin of three years, each counted at its middle
        worth = sum(1 / 1.1 ** (year + 0.5) for year in range(3))
        self.assertAlmostEqual(
            second.lifetime_value, worth * 1 / 35 * weeks * 250 * 0.4, 2
        )

    def test_no_orders_at_all(self):
        self._refresh(self.AS_OF)
        model = self.env["crm.lifetime.model"]._fit(self.company)
        self.assertEqual((model.state, model.reason), ("fallback", "few"))
        self.assertEqual(model.customer_count, 0)
        test = self.env["crm.churn.backtest"]._run(self.company)
        self.assertEqual(test.state, "lacking")

    def test_one_order_refunded_margin_below_zero_and_future(self):
        loss, future, free = self._create_customers(3)
        self._order(loss, 10, 100.0, -60.0)
        self._order(future, -30)
        self._order(free, 0, 0.0, 0.0)
        self._refresh(self.AS_OF)
        self.assertLess(self._part("prospecting", loss).lifetime_value, 0)
        self.assertFalse(self._part("prospecting", future))
        self.assertGreaterEqual(self._part("prospecting", free).expected_revenue, 0)

    def test_a_model_that_does_not_converge(self):
        customers = self._create_customers(101)
        rows = [
            (partner, self.AS_OF - timedelta(days), 100, 40)
            for partner in customers
            for days in (100, 50)
        ]
        self._load_orders(rows)
        self._refresh(self.AS_OF)
        lost = bg_nbd.Parameters(1, 1, 1, 1, converged=False, reason="not_converged")
        with patch.object(bg_nbd, "fit", return_value=lost):
            model = self.env["crm.lifetime.model"]._fit(self.company)
        self.assertEqual((model.state, model.reason), ("fallback", "not_converged"))
        self.assertTrue(model.is_current)
        self.assertTrue(self.policy.is_part_stale)

    def test_a_failure_keeps_the_former_model(self):
        self._order(self._create_customers(1), 10)
        self._refresh(self.AS_OF)
        former = self.env["crm.lifetime.model"]._get_current(self.company)
        kind = type(former)
        with (
            patch.object(kind, "_read_ledger", side_effect=ValueError("no room")),
            patch(
                "odoo.addons.crm_analytics.models.lifetime.crm_lifetime_model_fit"
                "._logger.exception"
            ),
        ):
            model = former._fit(self.company)
        self.assertEqual((model.state, model.error), ("failed", "no room"))
        self.assertEqual(former._get_current(self.company), former)

    def test_who_may_fit(self):
        self._order(self._create_customers(1), 10)
        self._refresh(self.AS_OF)
        model = self.env["crm.lifetime.model"]._get_current(self.company)
        known = model.search_count([])
        with self.assertRaises(AccessError):
            model.with_user(self.seller).action_fit()
        self.assertEqual(model.search_count([]), known)
        action = model.with_user(self.analyst).action_fit()
        new = model.browse(action["res_id"])
        self.assertTrue(new.is_current)
        self.assertEqual(new.user_id, self.analyst)
        self.assertTrue(model.with_user(self.seller).read(["state"]))

    def test_other_companies_and_archived_customers(self):
        one, gone = self._create_customers(2)
        self._order(one, 10)
        self._order(gone, 10)
        gone.active = False
        self._refresh(self.AS_OF)
        self.assertTrue(self._part("prospecting", one).expected_orders)
        self.assertFalse(self._part("prospecting", gone).expected_orders)
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(self.env["crm.lifetime.model"]._get_current(other))

    def test_an_order_after_midnight_keeps_the_lifetime_value(self):
        """The parts stay at the day of the full refresh, the cards do not."""
        one, two = self._create_customers(2)
        self._order(one, 200)
        self._order(one, 100)
        self._order(two, 50)
        day = self.AS_OF - timedelta(10)
        self._refresh(day)
        before = self._part("prospecting", one).lifetime_value
        self.assertGreater(before, 0)
        self._order(one, 9)
        run = self._refresh(day + timedelta(1), "incremental")
        self.assertEqual(run.mode, "incremental")
        self.assertEqual(self.policy.part_as_of, day)
        self.env.invalidate_all()
        row = self._part("prospecting", one)
        self.assertGreater(row.lifetime_value, before)
        self.assertGreater(row.expected_orders, 0)
        fields_ = ["expected_orders", "expected_revenue", "lifetime_value"]
        own = row.read(fields_)
        # the next full refresh counts from that day: the same for who ordered on it
        self._refresh(day + timedelta(1))
        self.env.invalidate_all()
        self.assertEqual(row.read(fields_), own)

    def test_pipeline_and_potential(self):
        industry = self.env["res.partner.industry"].create({"name": "Smelters"})
        customers = self._create_customers(11, industry_id=industry.id)
        for number, partner in enumerate(customers):
            self._order(partner, 30, 100.0 * (number + 1))
        stage = self.env["crm.stage"].create({"name": "Open", "sequence": 1})
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "partner_id": customers[0].id,
                    "company_id": self.company.id,
                    "stage_id": stage.id,
                    "expected_revenue": amount,
                    "probability": share,
                }
                for name, amount, share in (("A", 1000, 25), ("B", 500, 50))
            ]
        )
        common = leads[0].copy({"name": "C", "expected_revenue": 200})
        common.write({"user_id": False, "team_id": False, "company_id": False})
        common.probability = 50
        other = self.env["res.company"].create({"name": "Other"})
        foreign = leads[0].copy({"name": "D", "user_id": False, "team_id": False})
        foreign.company_id = other
        self.assertFalse(common.company_id)
        leads[0].probability, leads[1].probability = 25, 50
        self._refresh(self.AS_OF)
        row = self._part("prospecting", customers[0])
        self.assertEqual((row.pipeline_amount, row.pipeline_weighted), (1700, 600))
        # the 90th percentile of 100, 200, ... 1100
        self.assertEqual((row.potential_amount, row.potential_gap), (1000, 900))
        best = self._part("prospecting", customers[10])
        self.assertEqual((best.potential_amount, best.potential_gap), (1100, 0))
        self.assertEqual(best.pipeline_amount, 0)
        leads[0].action_set_lost()
        self._refresh(self.AS_OF)
        self.assertEqual(row.pipeline_amount, 700)

    def test_merged_customers(self):
        one, two = self._create_customers(2)
        self._order(one, 100)
        self._order(two, 10)
        self._refresh(self.AS_OF)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((one | two).ids, one)
        self.env.flush_all()
        self._refresh(self.AS_OF)
        rows = self.env["crm.scorecard.prospecting"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(rows.partner_id, one)
