from odoo.tests import tagged

from .common import ScorecardCommon


@tagged("post_install", "-at_install")
class TestCustomerPageAnalyst(ScorecardCommon):
    """Analysts read the page; the scorecard is a section of it."""

    def _sections(self, user, partner):
        pages = self.env["crm.customer.page"].with_user(user)
        page = pages.get_page(partner.id, self.company.id)
        return {section["key"]: section for section in page["sections"]}

    def test_value_by_the_scorecard(self):
        partner = self.env["res.partner"].create(
            {"name": "Mill", "is_company": True, "user_id": self.seller.id}
        )
        self.env["crm.customer.scorecard"].sudo().create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "rfm_code": "543",
                "average_order": 120,
                "interval_mean": 30.04,
                "next_order_date": "2020-01-01",
            }
        )
        for user in (self.analyst, self.manager, self.seller):
            section = self._sections(user, partner)["value"]
            figures = {
                shown["name"]: shown["cell"]
                for shown in section["blocks"][0]["figures"]
            }
            self.assertEqual(figures["rfm"]["value"], "543")
            self.assertEqual(figures["average_order"]["value"], 120.0)
            self.assertEqual(figures["next_order"]["note"], "overdue")
            fact = section["blocks"][1]["facts"][0]
            self.assertEqual(fact["cell"]["value"], 30.0)

    def test_no_scorecard_no_section(self):
        partner = self.env["res.partner"].create({"name": "New"})
        self.assertNotIn("value", self._sections(self.analyst, partner))

    def test_a_salesperson_of_others_sees_no_value(self):
        partner = self.env["res.partner"].create(
            {"name": "Mill", "user_id": self.manager.id}
        )
        self.env["crm.customer.scorecard"].sudo().create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "rfm_code": "111",
            }
        )
        self.assertNotIn("value", self._sections(self.seller, partner))
