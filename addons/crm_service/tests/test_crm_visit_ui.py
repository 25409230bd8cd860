from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .visit_common import VisitCommon


class VisitTour(VisitCommon, HttpCase):
    def _report(self):
        visit = self._create_visit()
        self.start_tour(
            f"/odoo/sales-activities/{visit.id}",
            "crm_visit_report_tour",
            login="touch_anna",
        )
        self.assertEqual(
            (visit.purpose, visit.findings, visit.competitor_note),
            ("Agree on volumes", "They want wider coils", "Smelter B is cheaper"),
        )


@tagged("post_install", "-at_install")
class TestCrmVisitUi(VisitTour):
    def test_a_manager_plans_a_quarter(self):
        self._create_policy(self.customer, 12)
        today = fields.Date.today()
        plan = self._create_plan(
            name="Tour plan",
            period="other",
            date_from=today,
            date_to=today + timedelta(90),
        )
        self.start_tour("/odoo/visit-plans", "crm_visit_plan_tour", login="touch_boss")
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.ahead_count, 3)

    def test_a_salesperson_reports_a_visit(self):
        self._report()


@tagged("post_install", "-at_install")
class TestCrmVisitPhoneUi(VisitTour):
    browser_size = "375x667"
    touch_enabled = True

    def test_a_salesperson_reports_a_visit_on_the_phone(self):
        self._report()
