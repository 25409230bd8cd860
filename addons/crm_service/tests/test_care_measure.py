from datetime import date

from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tools.measure_period import Period
from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult

from .care_common import NOW, CareCommon

FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))
MARCH = Period(date(2026, 3, 1), date(2026, 3, 10))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCareMeasure(CareCommon):
    """Touches done in two months; the company counts its days in Shanghai.

    ========  =====  =====  ============  ==============
    month     rep    other  of care       per employee
    ========  =====  =====  ============  ==============
    February  3      1      3             3 / 2
    March     1      0      0             0 / 1
    ========  =====  =====  ============  ==============
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Shanghai"
        cls.rule = cls._create_rule()
        for number, (start, state, user, is_care) in enumerate(
            (
                ("2026-01-31 16:00:00", "done", cls.rep, True),  # 1 February there
                ("2026-02-10 10:00:00", "done", cls.rep, True),
                ("2026-02-11 10:00:00", "done", cls.rep, False),
                ("2026-02-28 15:59:00", "done", cls.other, True),
                ("2026-02-12 10:00:00", "planned", cls.rep, True),
                ("2026-03-02 10:00:00", "done", cls.rep, False),
            )
        ):
            care = {"care_rule_id": cls.rule.id, "care_key": f"x,1,{number}"}
            cls._create_touch(
                date_start=start,
                state=state,
                user_id=user.id,
                **(care if is_care else {}),
            )

    def _measure(self, code, company=None):
        measure = self.env.ref(f"crm_service.crm_measure_{code}")
        compute = getattr(measure, measure.method)
        return compute(company or self.company, [FEBRUARY, MARCH])

    def test_exact_figures(self):
        self.assertEqual(
            self._measure("care_contacts"),
            {
                FEBRUARY.date_from: MeasureResult(3.0),
                MARCH.date_from: MeasureResult(0.0),
            },
        )
        self.assertEqual(
            self._measure("care_contacts_per_employee"),
            {
                FEBRUARY.date_from: MeasureResult(1.5, 3.0, 2.0),
                MARCH.date_from: MeasureResult(0.0, 0.0, 1.0),
            },
        )
        none = self._measure("care_contacts_per_employee", self.company_b)
        self.assertTrue(all(result.value is None for result in none.values()))

    def test_records_behind_the_figure(self):
        for code in ("care_contacts", "care_contacts_per_employee"):
            measure = self.env.ref(f"crm_service.crm_measure_{code}")
            action = measure.with_user(self.manager)._get_drill_action(
                self.company, *FEBRUARY
            )
            touches = self.env["crm.sales.activity"].with_user(self.manager)
            found = touches.search(action["domain"])
            self.assertEqual(len(found), 3)
            self.assertEqual(found.care_rule_id, self.rule)

    def test_report_by_rule_and_person(self):
        report = self.env["crm.sales.activity.report"].with_user(self.manager)
        rows = report._read_group(
            [("care_rule_id", "=", self.rule.id)], ["user_id"], ["done_count:sum"]
        )
        self.assertEqual(
            {user.login: count for user, count in rows},
            {"care_rep": 2, "care_other": 1},
        )
