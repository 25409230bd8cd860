from odoo.tests import HttpCase, tagged

from .common import ScorecardCommon


@tagged("post_install", "-at_install")
class TestScorecardTour(ScorecardCommon, HttpCase):
    # all menus of the app beside each other
    browser_size = "1920x1080"

    def test_manager_reads_scores_and_refreshes_them(self):
        for number in range(1, 6):
            customer = self._create_customer(f"Customer {number}")
            for _order in range(number):
                self._create_order(customer, f"2026-01-{number + 1:02d}", number * 100)
        self._refresh("2026-02-10")
        self.start_tour("/odoo", "crm_scorecard_tour", login=self.manager.login)
        runs = self.env["crm.scorecard.run"].search(
            [("company_id", "=", self.company.id)], order="id"
        )
        self.assertEqual(runs.mapped("state"), ["done", "done"])
        self.assertEqual(runs[-1].user_id, self.manager)
