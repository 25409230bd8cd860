import random
from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.crm_analytics.tools import churn

from .lifetime_common import LifetimeCommon

AS_OF = date(2026, 6, 30)


@tagged("post_install", "-at_install")
class TestCrmChurn(LifetimeCommon):
    """The churn tendency against its plain formula, and the measures."""

    def _days(self, partner, *days_ago, amount=100.0):
        self._load_orders(
            [(partner, AS_OF - timedelta(days), amount, 0) for days in days_ago]
        )

    def test_score_and_reasons_by_hand(self):
        steady, gone = self._create_customers(2)
        self._days(steady, 100, 70, 40, 10)
        self._days(gone, 360, 330, 300)
        complaint = self.env["crm.complaint"].create(
            {
                "partner_id": gone.id,
                "company_id": self.company.id,
                "description": "Dented",
                "date_received": "2026-06-01 08:00:00",
            }
        )
        complaint.flush_recordset()
        self._refresh(AS_OF)
        self.assertEqual(self.policy.typical_interval, 30)
        factors = self.env["crm.churn.factor"]._get_factors(self.company)
        expected = churn.score(
            {
                "overdue": 300 / 30,
                "silence": 300 / 30,
                "few_orders": 3,
                "complaint": 1,
            },
            factors,
        )
        row = self._part("persistency", gone)
        self.assertEqual(row.churn_score, int(expected[0] + 0.5))
        self.assertEqual((row.churn_reason, row.churn_reason_2), expected[1:])
        self.assertEqual(row.churn_reason, "silence")
        calm = self._part("persistency", steady)
        self.assertLess(calm.churn_score, row.churn_score)

    def test_an_opinion_is_no_sign_and_an_order_of_today_no_silence(self):
        [one] = self._create_customers(1)
        self._days(one, 100, 70, 40, 10)
        self._refresh(AS_OF)
        before = self._part("persistency", one).churn_score
        kind = self.env["crm.complaint.kind"].search(
            [("type", "=", "opinion")], limit=1
        )
        self.env["crm.complaint"].create(
            {
                "partner_id": one.id,
                "company_id": self.company.id,
                "kind_id": kind.id,
                "description": "Nice",
                "date_received": "2026-06-01 08:00:00",
            }
        )
        self._refresh(AS_OF)
        self.assertEqual(self._part("persistency", one).churn_score, before)
        engine = self.env["crm.churn.engine"]
        cards = SQL(
            """SELECT partner_id AS customer_id, %s::date + 1 AS last_order_date,
                      purchase_day_count, interval_mean, interval_spread
                 FROM crm_customer_scorecard WHERE company_id = %s""",
            AS_OF,
            self.company.id,
        )
        signs = engine._signs_sql(self.company, AS_OF, cards)
        [row] = self.env.execute_query_dict(signs)
        self.assertEqual((row["silent_days"], row["silence"]), (0, 0))

    def test_sql_and_formula_agree(self):
        """Random signs, some unknown, by both."""
        dice = random.Random(11)
        factors = list(churn.FACTORS)
        values = [
            {code: dice.choice((None, dice.uniform(-1, 120))) for code in churn.SIGNS}
            for _number in range(200)
        ]
        rows = SQL(", ").join(
            SQL(
                "(%s, %s)",
                number,
                SQL(", ").join(SQL("%s::float8", row[code]) for code in churn.SIGNS),
            )
            for number, row in enumerate(values)
        )
        signs = SQL(
            "SELECT * FROM (VALUES %s) v(customer_id, %s)",
            rows,
            SQL(", ").join(map(SQL.identifier, churn.SIGNS)),
        )
        found = {
            number: rest
            for number, *rest in self.env.execute_query(
                self.env["crm.churn.engine"]._scores_sql(signs, factors)
            )
        }
        for number, row in enumerate(values):
            score, first, second = churn.score(row, factors)
            rounded = None if score is None else int(score + 0.5)
            self.assertEqual(found[number], [rounded, first, second], row)

    def test_plain_score_in_sql(self):
        dice = random.Random(5)
        pairs = [(dice.randint(0, 400), dice.randint(1, 30)) for _n in range(100)]
        silent = churn.steps([pair[0] for pair in pairs])
        orders = churn.steps([pair[1] for pair in pairs])
        signs = SQL(
            "SELECT * FROM (VALUES %s) v(customer_id, silent_days, few_orders)",
            SQL(", ").join(
                SQL("(%s, %s, %s)", number, *pair) for number, pair in enumerate(pairs)
            ),
        )
        found = dict(
            row[:2]
            for row in self.env.execute_query(
                self.env["crm.churn.engine"]._plain_scores_sql(signs, silent, orders)
            )
        )
        for number, pair in enumerate(pairs):
            score = churn.plain_score(*pair, silent, orders)
            self.assertEqual(found[number], int(score + 0.5))

    def test_weights_take_effect_and_ask_for_a_refresh(self):
        [one] = self._create_customers(1)
        self._days(one, 300, 200)
        self._refresh(AS_OF)
        self.assertFalse(self.policy.is_part_stale)
        factors = self.env["crm.churn.factor"].search(
            [("company_id", "=", self.company.id)]
        )
        with self.assertRaises(AccessError):
            factors.with_user(self.seller).write({"weight": 0})
        few = factors.filtered(lambda f: f.code == "few_orders")
        (factors - few).with_user(self.analyst).write({"weight": 0})
        self.assertTrue(self.policy.is_part_stale)
        self._refresh(AS_OF)
        row = self._part("persistency", one)
        # two purchases: 4 of the 5 steps from 6 down to 1
        self.assertEqual((row.churn_score, row.churn_reason), (80, "few_orders"))
        self.assertFalse(row.churn_reason_2)

    def test_plain_rank_takes_over_where_the_score_is_worse(self):
        [one, two] = self._create_customers(2)
        self._days(one, 300)
        self._days(two, 20, 10)
        self._refresh(AS_OF)
        self.env["crm.churn.backtest"].create(
            {
                "company_id": self.company.id,
                "as_of": AS_OF,
                "date_to": AS_OF,
                "is_plain_used": True,
                "steps": {"silent": [100.0, 200.0], "orders": [1.0, 2.0]},
            }
        )
        self._refresh(AS_OF)
        first, second = (self._part("persistency", p) for p in (one, two))
        # 2 of 2 steps of silence and 1 of 2 of orders; 0 and 0
        self.assertEqual((first.churn_score, first.churn_reason), (75, "silence"))
        self.assertEqual((second.churn_score, second.churn_reason), (0, False))

    def test_retention_and_churn_rate(self):
        stays, leaves, comes = self._create_customers(3)
        self._days(stays, 400, 30)
        self._days(leaves, 500)
        self._days(comes, 20)
        self.policy.as_of_date = AS_OF
        for code, share in (("retention_rate", 0.5), ("churn_rate", 0.5)):
            measure = self.env.ref(f"crm_analytics.crm_measure_{code}")
            measure._refresh_values(1)
            value = self.env["crm.measure.value"].search(
                [
                    ("measure_id", "=", measure.id),
                    ("company_id", "=", self.company.id),
                    ("date_to", "=", AS_OF),
                ]
            )
            self.assertEqual((value.value, value.denominator), (share, 2))
            records = getattr(measure, f"_records_{code}")(self.company, AS_OF, AS_OF)
            found = [row[0] for row in self.env.execute_query(records)]
            kept = stays if code == "retention_rate" else leaves
            self.assertEqual(found, kept.ids)

    def test_who_may_test(self):
        test = self.env["crm.churn.backtest"]._run(self.company)
        with self.assertRaises(AccessError):
            test.with_user(self.seller).action_run()
        action = test.with_user(self.analyst).action_run()
        self.assertTrue(test.browse(action["res_id"]).exists())
        [shown] = test.with_user(self.seller).read(["state", "parameter_text"])
        self.assertIn(
            "Few orders so far: weight 25, says nothing at 6 purchases,"
            " most at 1 purchases",
            shown["parameter_text"].splitlines(),
        )

    def test_the_scorecard_shows_what_is_expected(self):
        [one] = self._create_customers(1)
        self._days(one, 300, 200, 100)
        self._refresh(AS_OF)
        card = self.env["crm.customer.scorecard"].search(
            [("partner_id", "=", one.id), ("company_id", "=", self.company.id)]
        )
        shown = card.with_user(self.seller)
        self.assertEqual(
            shown.expected_orders, self._part("prospecting", one).expected_orders
        )
        self.assertEqual(shown.churn_score, self._part("persistency", one).churn_score)
