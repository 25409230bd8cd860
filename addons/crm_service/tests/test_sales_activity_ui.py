from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .activity_common import ActivityCommon


class SalesActivityTour(ActivityCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.touch = cls._create_touch(
            kind_id=cls.visit.id,
            contact_ids=[Command.set(cls.berta.ids)],
            date_start="2026-03-11 08:00:00",
        )

    def _check_report(self):
        self.assertEqual(
            (self.touch.state, self.touch.findings, self.touch.next_step),
            ("done", "Wants less dross", "Send the offer"),
        )
        self.assertEqual(self.touch.outcome_id, self.interested)


@tagged("post_install", "-at_install")
class TestSalesActivityUi(SalesActivityTour):
    def test_rep_reports_a_visit_and_logs_a_call(self):
        self.start_tour(
            "/odoo/sales-activities", "crm_sales_activity_tour", login="touch_anna"
        )
        self._check_report()
        call = self._get_touches() - self.touch
        self.assertEqual(
            (call.kind_id, call.state, call.outcome_id),
            (self.call, "done", self.missed),
        )


@tagged("post_install", "-at_install")
class TestSalesActivityPhoneUi(SalesActivityTour):
    browser_size = "375x667"
    touch_enabled = True

    def test_rep_reports_a_visit_on_the_phone(self):
        self.start_tour(
            "/odoo/sales-activities",
            "crm_sales_activity_phone_tour",
            login="touch_anna",
        )
        self._check_report()
