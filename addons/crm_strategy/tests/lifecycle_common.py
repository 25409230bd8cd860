from datetime import timedelta
from itertools import pairwise

from odoo import fields
from odoo.fields import Command

from .segment_common import SegmentCommon

RULES = {
    "interest_days": 30,
    "loyal_min_orders": 3,
    "loyal_min_tenure_days": 90,
    "loyal_max_interval_days": 0,
    "loyal_min_satisfaction": 0,
    "lapse_days": 60,
    "lapse_factor": 0,
    "lapse_choice": "later",
}


class LifecycleCommon(SegmentCommon):
    """The people of :class:`SegmentCommon`, and a policy with short thresholds.

    Interest lasts 30 days; loyal are those with 3 orders and 90 days; a customer
    lapses after 60 days without an order.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company_a.ids)
        )
        cls.today = cls.env["crm.sale.fact"]._get_today(cls.company_a)
        cls.policy = cls.env["crm.lifecycle.policy"].create(
            {"company_id": cls.company_a.id, **RULES}
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Lifecycle", "type": "service", "taxes_id": [Command.clear()]}
        )

    # --- BUILDERS

    @classmethod
    def _customer(cls, name, *orders, **vals):
        """Create a customer of company A who ordered so many days ago."""
        customer = cls._create_customer(name, company_id=cls.company_a.id, **vals)
        for days_ago in orders:
            cls._order(customer, days_ago)
        return customer

    @classmethod
    def _quotation(cls, partner, days_ago, company=None):
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": (company or cls.company_a).id,
                "order_line": [
                    Command.create({"product_id": cls.product.id, "price_unit": 10})
                ],
            }
        )
        order.date_order = cls._moment(days_ago)
        return order

    @classmethod
    def _order(cls, partner, days_ago, company=None):
        order = cls._quotation(partner, days_ago, company)
        order.action_confirm()
        order.date_order = cls._moment(days_ago)
        return order

    @classmethod
    def _lead(cls, partner, days_ago, **vals):
        lead = cls.env["crm.lead"].create(
            {
                "name": "Enquiry",
                "type": "opportunity",
                "partner_id": partner.id,
                "company_id": cls.company_a.id,
                **vals,
            }
        )
        lead.flush_recordset()
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [cls._moment(days_ago), lead.id],
        )
        lead.invalidate_recordset()
        return lead

    @classmethod
    def _moment(cls, days_ago):
        """Return noon of the day so many days ago."""
        day = cls.today - timedelta(days=days_ago)
        return fields.Datetime.to_datetime(day) + timedelta(hours=12)

    @classmethod
    def _entered(cls, partners, days_ago):
        partners.flush_recordset()
        cls.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)",
            [cls._moment(days_ago), partners.ids],
        )
        partners.invalidate_recordset()

    def _refresh(self, mode="full", policy=None):
        counts = (policy or self.policy)._refresh(mode)
        self.env.invalidate_all()
        return counts

    # --- ASSERTS

    def _stays(self, partner, company=None):
        return self.env["crm.lifecycle.transition"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or self.company_a).id),
            ],
            order="date_start, id",
        )

    def assertState(self, partner, state, reason=None):
        present = self._stays(partner).filtered(lambda stay: not stay.date_end)
        self.assertEqual(present.state, state, partner.name)
        if reason:
            self.assertEqual(present.reason, reason, partner.name)

    def assertPast(self, partner, *states):
        """Check the states from the oldest on, and that the stays join."""
        stays = self._stays(partner)
        self.assertEqual(stays.mapped("state"), list(states))
        for stay, following in pairwise(stays):
            self.assertEqual(stay.date_end, following.date_start)
            self.assertEqual(stay.next_state, following.state)
            self.assertEqual(following.previous_state, stay.state)
        self.assertFalse(stays[-1:].date_end)
