from odoo.tests import tagged

from ..tools import profit
from .seven_p_facts_common import SevenPFactsCommon


@tagged("post_install", "-at_install")
class TestSevenPPromotion(SevenPFactsCommon):
    """Touches and responses, campaigns, discounts."""

    def test_responses_by_contacts_with_an_outcome(self):
        acme = self._create_customer("Acme")
        outcomes = self.env["crm.sales.activity.outcome"].create(
            [
                {"name": "Spoke", "code": "b2_spoke", "is_reached": True},
                {"name": "Missed", "code": "b2_missed", "is_reached": False},
            ]
        )
        self._touch(acme, outcome_id=outcomes[0].id)
        self._touch(acme, outcome_id=outcomes[1].id)
        self._touch(acme)
        self._touch(acme, outcome_id=outcomes[0].id, direction="in")
        self._touch(acme, "2025-05-01 08:00:00", outcome_id=outcomes[0].id)
        self.assertRow(
            self._read("touches")[acme.id],
            contact_count=3.0,
            response_count=1.0,
            response_rate=50.0,
        )
        self.assertIn(acme.id, self._changed("touches"))

    def test_campaigns_of_orders_and_of_their_opportunities(self):
        acme = self._create_customer("Acme")
        campaign = self.env["utm.campaign"].create({"name": "Spring"})
        lead = self.env["crm.lead"].create(
            {"name": "Sheets", "partner_id": acme.id, "campaign_id": campaign.id}
        )
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-02-01' WHERE id = %s", [lead.id]
        )
        self._create_order(acme, "2026-03-02", 100, campaign_id=campaign.id)
        order = self._create_order(acme, "2026-03-03", 40)
        order.opportunity_id = lead
        order.campaign_id = False
        self._create_order(acme, "2026-03-04", 500)
        self.assertRow(
            self._read("campaigns")[acme.id],
            campaign_lead_count=1.0,
            conversion_count=2.0,
            campaign_revenue=140.0,
        )

    def test_discount_sensitivity_as_the_formula_says(self):
        acme = self._create_customer("Acme")
        for day, amount, percent in (
            (1, 100, 0),
            (2, 120, 0),
            (3, 200, 10),
            (4, 130, 20),
        ):
            order = self._create_order(acme, f"2026-03-0{day}", amount, confirm=False)
            order.order_line.discount = percent
            order.action_confirm()
            order.date_order = f"2026-03-0{day} 04:00:00"
        expected = profit.discount_sensitivity([200, 130], [100, 120])
        self.assertRow(
            self._read("discounts")[acme.id],
            discount_share=8.4,  # 46 of 550
            discount_sensitivity=round(expected, 2),
        )

    def test_every_lacking_source_says_what_brings_it(self):
        for source in self.sources._get_sources():
            self.assertTrue(source.method or source.lacking, source.key)
            if source.method:
                self.assertTrue(hasattr(self.sources, source.method))
                changed = source.changed or source.method
                self.assertTrue(hasattr(self.sources, changed))
                fields = self.env[f"crm.scorecard.{source.part}"]._fields
                self.assertLessEqual(set(source.columns), set(fields), source.key)
