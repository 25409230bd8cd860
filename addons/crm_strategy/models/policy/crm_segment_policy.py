from odoo import api, fields, models

from ...tools.policy import net_gain


class CrmSegment(models.Model):
    """How the customers of a segment are treated, and what that brings."""

    _name = "crm.segment"
    _inherit = ["crm.segment", "crm.customer.policy.mixin"]
    _check_company_auto = True

    product_tmpl_ids = fields.Many2many(
        relation="crm_segment_product_template_rel",
        column1="segment_id",
        column2="product_tmpl_id",
    )
    product_category_ids = fields.Many2many(
        relation="crm_segment_product_category_rel",
        column1="segment_id",
        column2="category_id",
    )
    offer_ids = fields.One2many("crm.segment.offer", "segment_id", string="Offers")
    offer_count = fields.Integer("Open Offers", compute="_compute_offer_count")
    retention_programme_ids = fields.Many2many(
        "crm.retention.programme",
        "crm_retention_programme_segment_rel",
        "segment_id",
        "programme_id",
        string="Retention Programmes",
    )
    retention_programme_count = fields.Integer(
        "Programmes", compute="_compute_retention_programme_count"
    )
    net_gain = fields.Monetary(
        "Expected Net Gain",
        compute="_compute_net_gain",
        help="Gain less cost a year, for the customers that you see in the segment.",
    )
    visits_needed = fields.Integer(
        "Visits Needed a Year",
        compute="_compute_visits_needed",
        help="Visits a year for each of the customers that you see in the segment.",
    )

    _visits_not_negative = models.Constraint(
        "CHECK (visits_per_year >= 0 AND calls_per_year >= 0 AND reply_hours >= 0)",
        "Visits, calls and hours cannot be negative.",
    )
    _money_not_negative = models.Constraint(
        "CHECK (cost_per_customer >= 0 AND gain_per_customer >= 0)",
        "Cost and gain cannot be negative.",
    )

    # --- COMPUTE

    @api.depends("offer_ids.state")
    def _compute_offer_count(self):
        """Count what is still to be designed."""
        counts = dict(
            self.env["crm.segment.offer"]._read_group(
                [("segment_id", "in", self.ids), ("state", "in", ("idea", "design"))],
                ["segment_id"],
                ["__count"],
            )
        )
        for segment in self:
            segment.offer_count = counts.get(segment._origin, 0)

    @api.depends("retention_programme_ids")
    def _compute_retention_programme_count(self):
        for segment in self:
            segment.retention_programme_count = len(segment.retention_programme_ids)

    @api.depends("customer_count", "cost_per_customer", "gain_per_customer")
    def _compute_net_gain(self):
        for segment in self:
            segment.net_gain = net_gain(
                segment.gain_per_customer,
                segment.cost_per_customer,
                segment.customer_count,
            )

    @api.depends(
        "customer_count",
        "visits_per_year",
        "service_level_id.visits_per_year",
    )
    def _compute_visits_needed(self):
        for segment in self:
            visits = segment._get_cadence()[0]
            segment.visits_needed = visits * segment.customer_count

    # --- ACTIONS

    def action_open_offers(self):
        """Open what is to be designed for this segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_segment_offer_action"
        )
        action["domain"] = [("segment_id", "=", self.id)]
        action["context"] = {"default_segment_id": self.id}
        return action

    def action_open_retention_programmes(self):
        """Open the programmes that keep the customers of this segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_retention_programme_action"
        )
        action["domain"] = [("segment_ids", "in", self.ids)]
        action["context"] = {"default_segment_ids": self.ids}
        return action

    # --- POLICY

    def _get_policy_order(self):
        """Return the key by which segments decide: scheme first, then priority."""
        self.ensure_one()
        scheme = self.segmentation_id
        return (scheme.sequence, scheme.id, self.sequence, self.id)
