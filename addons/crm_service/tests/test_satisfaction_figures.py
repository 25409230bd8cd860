from datetime import date, datetime, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_strategy.tools.measure_period import Period
from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult

from .satisfaction_common import SatisfactionCommon

MAY = Period(date(2024, 5, 1), date(2024, 5, 31))
JUNE = Period(date(2024, 6, 1), date(2024, 6, 30))


@tagged("post_install", "-at_install")
class TestSatisfactionFigures(SatisfactionCommon):
    """Answers of two months, exact figures.

    =====  ==============  ==========  ======  ====
    month  NPS             CSAT        CES     sent
    =====  ==============  ==========  ======  ====
    May    10, 9, 8, 6, 9  5, 4, 2     7, 2    12
    June   0               none        none    1
    =====  ==============  ==========  ======  ====
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = {
            survey.crm_score_kind: cls._create_rule(
                survey_id=survey.id, delay_days=0, cap_days=0, low_action="none"
            )
            for survey in (cls.csat, cls.nps, cls.ces)
        }
        cls.scores = cls.env["crm.satisfaction.score"]
        may = datetime(2024, 5, 31, 12)
        for kind, values in {
            "nps": (10, 9, 8, 6, 9),
            "csat": (5, 4, 2),
            "ces": (7, 2),
        }.items():
            for value in values:
                cls._add(kind, value, may)
        for _number in range(2):
            cls._create_sent(cls.rules["nps"]).date_sent = may
        cls._add("nps", 0, datetime(2024, 6, 1, 12))

    @classmethod
    def _add(cls, kind, value, moment):
        score = cls._create_score(value, cls.rules[kind])
        score.date = moment
        score.request_id.write(
            {"date_sent": moment, "date_answered": moment + timedelta(days=9)}
        )
        cls.scores += score

    def _measure(self, code, company=None):
        measure = self.env.ref(f"crm_service.crm_measure_satisfaction_{code}")
        compute = getattr(measure, measure.method)
        return compute(company or self.company_a, [MAY, JUNE])

    def test_measures(self):
        may, june = MAY.date_from, JUNE.date_from
        for code, expected in {
            "nps": {
                may: MeasureResult(40.0, 200.0, 5.0),
                june: MeasureResult(-100.0, -100.0, 1.0),
            },
            "csat": {
                may: MeasureResult(2 / 3, 2.0, 3.0),
                june: MeasureResult(None, 0.0, 0.0),
            },
            "ces": {
                may: MeasureResult(4.5, 9.0, 2.0),
                june: MeasureResult(None, 0.0, 0.0),
            },
            "answers": {
                may: MeasureResult(10 / 12, 10.0, 12.0),
                june: MeasureResult(1.0, 1.0, 1.0),
            },
        }.items():
            with self.subTest(code=code):
                self.assertEqual(self._measure(code), expected)

    def test_dissatisfaction_of_the_customers_served(self):
        measure = self.env.ref("crm_service.crm_measure_dissatisfaction_rate")
        bob = self.env["res.partner"].create({"name": "Bob"})
        may, june = MAY.date_from, JUNE.date_from
        product = self.env["product.product"].create(
            {"name": "Advice", "type": "service"}
        )
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": bob.id,
                    "company_id": self.company_a.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
                for _month in range(2)
            ]
        )
        orders.action_confirm()
        orders[0].date_order, orders[1].date_order = "2024-05-03", "2024-06-03"
        compute = measure._measure_dissatisfaction_rate
        kept = compute(self.company_a, [MAY, JUNE])
        # Acme gave low answers in both months, Bob bought and was content
        self.assertEqual(kept[may], MeasureResult(0.5, 1.0, 2.0))
        self.assertEqual(kept[june], MeasureResult(0.5, 1.0, 2.0))
        self.scores.filtered(lambda score: score.date.month == 6).is_low = False
        kept = compute(self.company_a, [MAY, JUNE])
        self.assertEqual(kept[june], MeasureResult(0.0, 0.0, 2.0))
        july = Period(date(2024, 7, 1), date(2024, 7, 31))
        self.assertIsNone(compute(self.company_a, [july])[july.date_from].value)
        action = measure._drill_dissatisfaction_rate(self.company_a, *MAY)
        found = self.env["res.partner"].with_context(
            active_test=False, allowed_company_ids=self.company_a.ids
        )
        self.assertEqual(found.search(action["domain"]), self.acme)

    def test_other_company_has_no_figure(self):
        for code in ("nps", "csat", "ces", "answers"):
            values = self._measure(code, self.company_b).values()
            self.assertEqual({result.value for result in values}, {None})

    def test_drill_down_shows_what_makes_up_the_figure(self):
        for code, count in {"nps": 5, "csat": 3, "ces": 2, "answers": 12}.items():
            measure = self.env.ref(f"crm_service.crm_measure_satisfaction_{code}")
            drill = getattr(measure, f"_drill_satisfaction_{code}")
            action = drill(self.company_a, *MAY)
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(len(found), count)

    def test_analysis_gives_the_same_figures(self):
        report = self.env["crm.satisfaction.report"]
        mine = [("company_id", "=", self.company_a.id)]
        [(nps, csat, ces, sent, answered, rate)] = report._read_group(
            [*mine, ("date", "<", "2024-07-01"), ("date", ">", "2024-05-01")],
            [],
            [
                "nps:avg",
                "csat:avg",
                "ces:avg",
                "sent_count:sum",
                "answered_count:sum",
                "answer_rate:avg",
            ],
        )
        # 13 sent, 11 answered; of the NPS answers three promoters, two detractors
        self.assertAlmostEqual(nps, 100 * (3 - 2) / 6)
        self.assertAlmostEqual(csat, 200 / 3)
        self.assertEqual((ces, sent, answered), (4.5, 13, 11))
        self.assertAlmostEqual(rate, 1100 / 13)
        groups = report.formatted_read_group(mine, ["date:month"], ["nps:avg"])
        self.assertTrue(groups)

    def test_rule_counts(self):
        rule = self.rules["nps"]
        self.assertEqual((rule.sent_count, rule.answered_count), (8, 6))
        self.assertEqual(rule.answer_rate, 0.75)

    def test_lifecycle_knows_the_satisfaction(self):
        engine = self.env["crm.lifecycle.engine"]
        self.scores.date = datetime.now() - timedelta(days=30)
        old = self.scores[0]
        old.date = datetime.now() - timedelta(days=400)
        rows = dict(self.env.execute_query(engine._satisfaction_sql(self.company_a)))
        expected = sum((self.scores - old).mapped("score")) / len(self.scores - old)
        self.assertAlmostEqual(rows[self.acme.id], expected)
        other = engine._satisfaction_sql(self.company_b)
        self.assertFalse(self.env.execute_query(other))

    def test_new_score_lets_the_lifecycle_look_again(self):
        policies = self.env["crm.lifecycle.policy"].sudo()
        if not policies.search([("company_id", "=", self.company_a.id)]):
            policies.create({"company_id": self.company_a.id})
        queue = self.env["crm.lifecycle.queue"].sudo()
        domain = [
            ("company_id", "=", self.company_a.id),
            ("partner_id", "=", self.acme.id),
        ]
        queue.search(domain).unlink()
        self._create_score(5)
        self.assertTrue(queue.search_count(domain))

    def test_policy_that_asks_for_satisfaction_is_content(self):
        policy = self.env["crm.lifecycle.policy"].new(
            {"company_id": self.company_a.id, "loyal_min_satisfaction": 60.0}
        )
        self.assertFalse(policy.is_satisfaction_missing)
