from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ScorecardCommon


@tagged("post_install", "-at_install")
class TestCrmRfm(ScorecardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"]
        # customer n has n orders of n x 100, the last one n days after New Year
        for number in range(1, 6):
            customer = cls._create_customer(f"Customer {number}")
            for _order in range(number):
                cls._create_order(customer, f"2026-01-{number + 1:02d}", number * 100)
            cls.customers |= customer

    def _codes(self):
        return [self._card(customer).rfm_code for customer in self.customers]

    def test_quintiles_rank_five_customers_one_to_five(self):
        self._refresh("2026-02-10")
        self.assertEqual(self._codes(), ["111", "222", "333", "444", "555"])

    def test_equal_customers_get_equal_scores(self):
        twin = self._create_customer("Twin")
        for _order in range(5):
            self._create_order(twin, "2026-01-06", 500)
        self._refresh("2026-02-10")
        self.assertEqual(self._card(twin).rfm_code, self._codes()[4])

    def test_every_ranked_customer_is_in_exactly_one_group(self):
        self._refresh("2026-02-10")
        groups = [self._card(customer).rfm_group_id.code for customer in self.customers]
        self.assertEqual(
            groups, ["lost", "hibernating", "loyal", "champions", "champions"]
        )

    def test_manager_sets_fixed_cut_points(self):
        with Form(self.policy.with_user(self.manager)) as form:
            form.frequency_method = "fixed"
            with form.frequency_cut_ids.edit(0) as cut:
                self.assertEqual(cut.score, 5)
                cut.value = 20
        self.assertTrue(self.policy.is_stale)
        run = self._refresh("2026-02-10", "incremental")
        self.assertEqual(run.mode, "full", "changed rules need a full refresh")
        self.assertFalse(self.policy.is_stale)
        # 2, 3 and 5 orders are the default bounds of the scores 2, 3 and 4
        self.assertEqual(self._codes(), ["111", "222", "333", "434", "545"])

    def test_fixed_recency_counts_days_back(self):
        self.policy.recency_method = "fixed"
        self.policy.write(
            {
                "recency_cut_ids": [
                    (1, cut.id, {"value": {2: 8, 3: 7, 4: 6, 5: 5}[cut.score]})
                    for cut in self.policy.recency_cut_ids
                ]
            }
        )
        # last orders lie 9, 8, 7, 6 and 5 days before 11 January
        self._refresh("2026-01-11")
        self.assertEqual(
            [self._card(customer).recency_score for customer in self.customers],
            [1, 2, 3, 4, 5],
        )

    def test_cut_points_must_rise_with_the_score(self):
        best, second = self.policy.frequency_cut_ids.sorted("score", reverse=True)[:2]
        for vals in ({"percent": second.percent}, {"value": second.value}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.policy.write({"frequency_cut_ids": [(1, best.id, vals)]})
        self.assertEqual((best.percent, best.value), (80.0, 10.0))

    def test_analyst_changes_rules_but_a_seller_does_not(self):
        self.policy.with_user(self.analyst).monetary_method = "fixed"
        self.assertEqual(self.policy.monetary_method, "fixed")
        with self.assertRaises(AccessError):
            self.policy.with_user(self.seller).monetary_method = "quantile"
        self.assertEqual(self.policy.monetary_method, "fixed")

    @mute_logger("odoo.sql_db")
    def test_one_policy_per_company(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env["crm.rfm.policy"].create({"company_id": self.company.id})
        company = self.env["res.company"].create({"name": "Newcomer"})
        policies = self.env["crm.rfm.policy"].search([("company_id", "=", company.id)])
        self.assertEqual(len(policies.cut_ids), 12)

    # --- GROUPS

    def test_groups_must_hold_every_score(self):
        last = self.env.ref("crm_analytics.crm_rfm_group_lost")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            last.active = False
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            last.recency_min = 2
        with self.assertRaises(UserError):
            last.unlink()
        self.assertTrue(last.exists().active)
        self.assertEqual(last.recency_min, 1)

    def test_a_group_may_look_at_revenue_and_wins_by_order(self):
        self._refresh("2026-02-10")
        self.env["crm.rfm.group"].create(
            {"name": "Big", "code": "big", "sequence": 1, "monetary_min": 5}
        )
        run = self._refresh("2026-02-10", "incremental")
        self.assertEqual(run.mode, "full")
        self.assertEqual(self._card(self.customers[4]).rfm_group_id.code, "big")
        self.assertEqual(self._card(self.customers[3]).rfm_group_id.code, "champions")

    def test_manager_makes_the_groups_segments(self):
        self._refresh("2026-02-10")
        policy = self.policy.with_user(self.manager)
        scheme = self.env["crm.segmentation"].browse(
            policy.action_create_segments()["res_id"]
        )
        self.assertEqual(scheme.company_id, self.company)
        self.assertEqual(len(scheme.segment_ids), 11)
        segments = [customer.segment_ids.code for customer in self.customers]
        self.assertEqual(
            segments, ["LOST", "HIBERNATING", "LOYAL", "CHAMPIONS", "CHAMPIONS"]
        )
        self.assertEqual(policy.action_create_segments()["res_id"], scheme.id)

    def test_analyst_and_seller_make_no_segments(self):
        for user in (self.analyst, self.seller):
            with self.assertRaises(AccessError):
                self.policy.with_user(user).action_create_segments()
        self.assertFalse(self.policy.segmentation_id)

    # --- GRID

    def test_grid_counts_customers_and_revenue(self):
        self._refresh("2026-02-10")
        grid = self.env["crm.rfm.grid"].with_user(self.manager)
        matrix = grid.with_company(self.company).get_matrix({})
        self.assertEqual(
            {key: (c["count"], c["revenue"]) for key, c in matrix["cells"].items()},
            {
                "1|1": (1, 100.0),
                "2|2": (1, 400.0),
                "3|3": (1, 900.0),
                "4|4": (1, 1600.0),
                "5|5": (1, 2500.0),
            },
        )
        self.assertEqual(matrix["total"]["count"], 5)
        self.assertEqual(matrix["total"]["revenue"], 5500.0)
        self.assertEqual(matrix["cells"]["5|5"]["label"], "Champions")
        self.assertEqual([row["key"] for row in matrix["rows"]], list("54321"))

    def test_grid_cell_opens_its_customers(self):
        self._refresh("2026-02-10")
        grid = self.env["crm.rfm.grid"].with_company(self.company)
        for row, column, expected in (
            ("5", "5", self.customers[4]),
            ("5", "1", self.customers[:0]),
            ("4", None, self.customers[3]),
            (None, "2", self.customers[1]),
            (None, None, self.customers),
        ):
            action = grid.open_cell({}, row, column)
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(found.partner_id, expected)

    def test_grid_filter_and_rights(self):
        self.customers[4].user_id = self.seller
        self.customers[3].user_id = self.manager
        self._refresh("2026-02-10")
        grid = self.env["crm.rfm.grid"].with_company(self.company)
        self.assertEqual(grid.get_matrix({"monetary": 5})["total"]["count"], 1)
        own = grid.with_user(self.seller).get_matrix({})
        self.assertEqual(own["total"]["count"], 4, "not the manager's customer")
        with self.assertRaises(AccessError):
            grid.with_user(self.clerk).get_matrix({})

    def test_empty_grid_leads_to_the_next_step(self):
        grid = self.env["crm.rfm.grid"].with_company(self.company)
        matrix = grid.get_matrix({})
        self.assertEqual(matrix["cells"], {})
        self.assertEqual(
            matrix["empty"]["action"], "crm_analytics.crm_rfm_policy_action"
        )

    # --- EXPLANATION

    def test_explanation_says_why_and_what_is_missing(self):
        self._refresh("2026-02-10")
        card = self._card(self.customers[2])
        recency, frequency, monetary = card._get_factors(self.policy)
        self.assertEqual(recency["reached"], "last order on 01/04/2026 or later")
        self.assertEqual(recency["next_bound"], "last order on 01/05/2026 or later")
        self.assertEqual(
            (frequency["score"], frequency["reached"], frequency["next_bound"]),
            (3, "3 orders or more", "4 orders or more"),
        )
        self.assertIn("900.00", monetary["value"])
        self.assertIsNone(monetary["change"])
        self.assertIn("3 orders or more", card.explanation)

    def test_explanation_compares_with_the_last_month_end(self):
        engine = self.env["crm.scorecard.engine"]
        self._refresh("2026-01-31")
        engine._snapshot(self.policy, self.policy.last_as_of)
        for _order in range(9):
            self._create_order(self.customers[0], "2026-02-05", 1000)
        self._refresh("2026-02-10")
        card = self._card(self.customers[0])
        self.assertEqual((card.previous_rfm_code, card.rfm_code), ("111", "555"))
        self.assertEqual(card.previous_rfm_group_id.code, "lost")
        self.assertEqual(str(card.previous_date), "2026-01-31")
        self.assertEqual([f["change"] for f in card._get_factors(self.policy)], [4] * 3)
