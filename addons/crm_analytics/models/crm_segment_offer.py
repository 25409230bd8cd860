from odoo import api, fields, models


class CrmSegmentOffer(models.Model):
    """What the segment of an offer brings and costs, beside the offer."""

    _inherit = "crm.segment.offer"

    currency_id = fields.Many2one("res.currency", compute="_compute_segment_figures")
    segment_customer_count = fields.Integer(
        "Customers of the segment",
        compute="_compute_segment_figures",
        help="Customers with a scorecard that you see in the segment.",
    )
    segment_gross_margin = fields.Monetary(
        "Gain of the segment",
        compute="_compute_segment_figures",
        help="Gross margin of its customers in the last 12 months.",
    )
    segment_cost_to_serve = fields.Monetary(
        "Cost to serve the segment",
        compute="_compute_segment_figures",
        help="Deliveries, complaints and activities for its customers in the last 12 "
        "months, less what the margin bears already.",
    )
    segment_contribution = fields.Monetary(
        "Contribution of the segment",
        compute="_compute_segment_figures",
        help="Gain less the cost to serve.",
    )

    @api.depends("segment_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_segment_figures(self):
        """Add up the customers that the reader sees, of one company; one query."""
        groups = self.env["crm.segment.scorecard.report"]._read_group(
            [
                ("segment_id", "in", self.segment_id.ids),
                ("company_id", "in", (self.company_id | self.env.company).ids),
            ],
            ["segment_id", "company_id"],
            [
                "__count",
                "gross_margin:sum",
                "cost_to_serve:sum",
                "contribution:sum",
            ],
        )
        found = {(segment, company): rest for segment, company, *rest in groups}
        for offer in self:
            company = offer.company_id or self.env.company
            count, margin, cost, left = found.get(
                (offer.segment_id._origin, company), (0, 0.0, 0.0, 0.0)
            )
            offer.currency_id = company.currency_id
            offer.segment_customer_count = count
            offer.segment_gross_margin = margin
            offer.segment_cost_to_serve = cost
            offer.segment_contribution = left
