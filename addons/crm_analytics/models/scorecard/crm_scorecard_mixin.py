from odoo import api, fields, models


class CrmScorecardMixin(models.AbstractModel):
    """The figures that a scorecard of today and one of a month end have in common."""

    _name = "crm.scorecard.mixin"
    _description = "Scorecard Figures"

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # --- who, for grouping and filters
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    state_id = fields.Many2one(related="partner_id.state_id", string="State")
    territory_id = fields.Many2one(related="partner_id.territory_id")
    industry_id = fields.Many2one(related="partner_id.industry_id")
    crm_company_size = fields.Selection(related="partner_id.crm_company_size")
    is_company = fields.Boolean(related="partner_id.is_company")

    # --- purchases
    last_order_date = fields.Date("Last order", readonly=True)
    order_count = fields.Integer(
        "Orders", readonly=True, help="Confirmed sales orders up to the day of scoring."
    )
    revenue = fields.Monetary(
        readonly=True,
        help="Untaxed amount of the confirmed orders at the rate of each order, less"
        " what credit notes took back from them.",
    )
    margin = fields.Monetary(
        readonly=True,
        help="Margin of the confirmed orders as the sales orders show it, less the"
        " share of what credit notes took back.",
    )

    # --- scores, 1 (worst) to 5 (best); none while the customer is archived
    recency_score = fields.Integer("R", readonly=True, aggregator="avg")
    frequency_score = fields.Integer("F", readonly=True, aggregator="avg")
    monetary_score = fields.Integer("M", readonly=True, aggregator="avg")
    rfm_code = fields.Char(
        "RFM", readonly=True, help="Recency, frequency and monetary score, 5 is best."
    )
    rfm_group_id = fields.Many2one(
        "crm.rfm.group", "RFM group", readonly=True, ondelete="set null"
    )

    @api.model
    def _drop_of(self, partners):
        """Delete the rows of ``partners``, who are about to disappear."""
        self.sudo().with_context(active_test=False).search(  # style: CRM109 merge
            [("partner_id", "in", partners.ids)]
        ).unlink()

    @api.depends("partner_id.display_name")
    def _compute_display_name(self):
        for card in self:
            card.display_name = card.partner_id.display_name
