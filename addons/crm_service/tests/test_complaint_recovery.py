from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tools.measure_period import Period

from .analysis_common import AnalysisCommon

MARCH = date(2025, 3, 1)


@tagged("post_install", "-at_install")
class TestComplaintRecovery(AnalysisCommon):
    """March 2025, 90 days. The window of the others begins on 16 March.

    ========  ============  =====================  ===============  ===========
    customer  bought on     complaint              buys again       counts as
    ========  ============  =====================  ===============  ===========
    c1        10 Jan        closed 10 March        1 April          came back
    c2        1 Dec 2024    closed 20 March        30 June: late    did not
    c3        never before  closed 20 March        1 April          nobody
    n1        1 Feb         -                      1 May            came back
    n2        1 Feb         -                      quotation        did not
    n3        2023          -                      1 May            nobody
    n4        1 Feb         received 15 Feb, open  1 May            nobody
    n5        1 Feb         opinion                -                did not
    ========  ============  =====================  ===============  ===========
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("c1", "c2", "c3", "n1", "n2", "n3", "n4", "n5")
        cls.customers = {
            name: cls.env["res.partner"].create({"name": name, "is_company": True})
            for name in names
        }
        orders = {
            "c1": ["2025-01-10", "2025-04-01"],
            "c2": ["2024-12-01", "2025-06-30"],
            "c3": ["2025-04-01"],
            "n1": ["2025-02-01", "2025-05-01"],
            "n2": ["2025-02-01"],
            "n3": ["2023-01-01", "2025-05-01"],
            "n4": ["2025-02-01", "2025-05-01"],
            "n5": ["2025-02-01"],
        }
        for name, days in orders.items():
            for day in days:
                cls._order(cls.customers[name], day)
        cls._order(cls.customers["n2"], "2025-05-01", confirm=False)
        cls._order(cls.customers["n2"], "2025-05-01", company=cls.beta)
        for name, day in (("c1", "10"), ("c2", "20"), ("c3", "20")):
            cls._create_complaint(
                cls.customers[name],
                state="closed",
                is_open=False,
                date_received="2025-03-01 08:00:00",
                date_closed=f"2025-03-{day} 08:00:00",
            )
        cls._create_complaint(cls.customers["n4"], date_received="2025-02-15 08:00:00")
        opinion = cls._create_complaint(
            cls.customers["n5"], date_received="2025-03-10 08:00:00"
        )
        cls._set(opinion, type="opinion")
        cls.recovery = cls.env["crm.complaint.recovery"].with_user(cls.head)

    def _measure(self):
        self.recovery._measure_month(self.alpha, MARCH)
        return self._read()

    def _read(self):
        return {
            group: tuple(figures)
            for group, *figures in self.recovery._read_group(
                [("company_id", "=", self.alpha.id), ("date", "=", MARCH)],
                ["group_kind"],
                ["customer_count:sum", "buyer_count:sum", "recovery_rate:avg"],
            )
        }

    def test_figures(self):
        self.alpha.crm_service_group_minimum = 1
        self.beta.crm_service_group_minimum = 1
        self.assertEqual(
            self._measure(),
            {"complaint": (2, 1, 50.0), "none": (3, 1, 100 / 3)},
        )
        self.assertEqual(self._measure()["complaint"], (2, 1, 50.0), "not doubled")

    def test_small_groups_have_no_rate(self):
        self.alpha.crm_service_group_minimum = 3
        self.beta.crm_service_group_minimum = 3
        found = self._measure()
        self.assertEqual(found["complaint"], (2, 1, False))
        self.assertAlmostEqual(found["none"][2], 100 / 3)
        rows = self.recovery.search([("is_shown", "=", True), ("date", "=", MARCH)])
        self.assertEqual(rows.mapped("group_kind"), ["none"])

    @freeze_time("2025-07-01 12:00:00")
    def test_a_month_is_kept_when_its_time_is_over(self):
        due = self.recovery._get_due_months(self.alpha)
        self.assertEqual((due[-1], len(due)), (MARCH, 24))
        with freeze_time("2025-06-29 12:00:00"):
            self.assertEqual(
                self.recovery._get_due_months(self.alpha)[-1], date(2025, 2, 1)
            )
        self._measure()
        self.assertNotIn(MARCH, self.recovery._get_due_months(self.alpha))
        self._order(self.customers["c2"], "2025-04-02")
        self.assertEqual(self._read()["complaint"][1], 1, "kept as measured")
        rows = self.recovery.search([("date", "=", MARCH)])
        with self.assertRaises(AccessError):
            rows.with_user(self.agent).action_measure_again()
        rows.action_measure_again()
        self.assertEqual(self._read()["complaint"][1], 2)

    def test_measure(self):
        self._measure()
        measure = self.env.ref("crm_service.crm_measure_complaint_recovery")
        quarter = Period(date(2025, 1, 1), date(2025, 3, 31))
        [result] = measure._measure_complaint_recovery(self.alpha, [quarter]).values()
        self.assertEqual(result, (0.5, 1.0, 2.0))

    def test_nobody_writes_figures(self):
        self._measure()
        row = self.recovery.search([("date", "=", MARCH)], limit=1)
        for user in (self.agent, self.head):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"buyer_count": 9})
