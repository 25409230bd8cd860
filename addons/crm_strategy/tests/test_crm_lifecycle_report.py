from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.crm_strategy.tools.measure_period import Period

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestCrmLifecycleReport(LifecycleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quick = cls._customer("Quick", 10, user_id=cls.rep.id)
        cls.slow = cls._customer("Slow", 20, user_id=cls.rep.id)
        cls.slower = cls._customer("Slower", 25, user_id=cls.manager.id)
        cls.waits = cls._customer("Waits")
        cls._entered(cls.quick | cls.slow | cls.slower | cls.waits, 100)
        for customer, days in ((cls.quick, 12), (cls.slow, 26), (cls.slower, 95)):
            cls._lead(customer, days).action_set_won()
        cls._lead(cls.waits, 15)
        cls.policy._refresh("full")
        cls.env.invalidate_all()

    def _read(self, *groupby, user=None, domain=()):
        report = self.env["crm.lifecycle.report"].with_user(user or self.manager)
        return report._read_group(
            [("company_id", "=", self.company_a.id), *domain],
            groupby,
            ["stay_count:sum", "forward_rate:avg", "days:avg", "days_median:median"],
        )

    def test_conversion_rate_mean_and_median_days(self):
        customers = self.quick | self.slow | self.slower | self.waits
        own = [("partner_id", "in", customers.ids)]
        [[_state, count, rate, mean, median]] = self._read(
            "state", domain=[*own, ("state", "=", "interested")]
        )
        # three of four bought, after 2, 6 and 70 days
        self.assertEqual((count, rate, mean, median), (4, 0.75, 26, 6))
        [[_state, count, rate, mean, median]] = self._read(
            "state", domain=[*own, ("state", "=", "prospect")]
        )
        # all four enquired, after 88, 74, 5 and 85 days
        self.assertEqual((count, rate, mean, median), (4, 1, 63, 79.5))
        by_user = {
            user: count
            for user, count, *_rest in self._read("user_id", user=self.rep, domain=own)
        }
        self.assertNotIn(self.manager, by_user)

    def test_the_pivot_of_the_screen_reads_the_median(self):
        report = self.env["crm.lifecycle.report"].with_user(self.manager)
        self.assertEqual(
            report.fields_get(["days_median"])["days_median"]["aggregator"], "median"
        )
        rows = report.formatted_read_grouping_sets(
            [("partner_id", "=", self.quick.id)],
            [["state"], []],
            ["__count", "days_median:median", "forward_rate:avg"],
        )
        self.assertEqual(len(rows), 2)

    def test_by_segment(self):
        scheme = self._create_scheme(("All", []), ("Rep", []), kind="free")
        scheme.segment_ids[1].domain = str([("user_id", "=", self.rep.id)])
        scheme._refresh()
        own = [
            ("state", "=", "interested"),
            ("partner_id.category_id", "in", self.tag.ids),
        ]
        found = {row[0].name: row[1] for row in self._read("segment_id", domain=own)}
        self.assertEqual(found, {"All": 4, "Rep": 2})
        report = self.env["crm.lifecycle.report"].with_user(self.manager)
        everyone, reps = scheme.segment_ids
        self.assertEqual(
            report.search([*own, ("segment_id", "=", reps.id)]).partner_id,
            self.quick | self.slow,
        )
        self.assertFalse(report.search([*own, ("segment_id", "=", False)]))
        self.assertEqual(
            report.search_count([*own, ("segment_id", "in", everyone.ids)]), 4
        )
        self.assertTrue(report.fields_get(["segment_id"])["segment_id"]["groupable"])

    # --- MEASURES

    def _measure(self, code, days=30):
        measure = self.env["crm.measure"].search([("code", "=", code)])
        start = self.today - timedelta(days=days)
        period = Period(start, self.today)
        figures = getattr(measure, measure.method)(self.company_a, [period])
        action = getattr(measure, f"_drill_{code}")(self.company_a, start, self.today)
        found = self.env[action["res_model"]].search(action["domain"])
        return figures[start], found.partner_id

    def test_measures_and_the_records_behind_them(self):
        result, records = self._measure("lifecycle_days_to_buy")
        self.assertEqual(result.value, 6)
        self.assertEqual(records, self.quick | self.slow | self.slower)
        result, records = self._measure("lifecycle_days_to_buy", 15)
        self.assertEqual((result.value, records), (2, self.quick))
        result, records = self._measure("lifecycle_conversion")
        self.assertEqual((result.numerator, len(records)), (3, 3))
        self.policy.lapse_days = 15
        self._refresh()
        result, records = self._measure("lifecycle_lapsed")
        self.assertEqual((result.value, records), (2, self.slow | self.slower))
        self.assertEqual(self._measure("lifecycle_loyal")[0].value, 0)
