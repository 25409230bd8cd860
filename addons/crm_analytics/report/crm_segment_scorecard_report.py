from odoo import api, fields, models
from odoo.tools import SQL

#: Columns that the parts of the 7 P add
PARTS = {
    "profitability": (
        "invoiced_revenue",
        "gross_margin",
        "cost_to_serve",
        "contribution",
    ),
    "performance": ("paid_amount", "open_amount", "overdue_amount"),
    "prospecting": ("expected_revenue", "lifetime_value"),
}


class CrmSegmentScorecardReport(models.Model):
    """One row per current segment membership and scorecard: the figures by segment.

    A customer in segments of two schemes has two rows, so sums are right within one
    scheme; the screens group or filter by scheme.
    """

    _name = "crm.segment.scorecard.report"
    _description = "Scorecards by Segment"
    _inherit = ["crm.sums.mixin", "crm.lifecycle.dimension.mixin"]
    _auto = False
    _order = "revenue desc, id"
    _depends = {
        "crm.segment.membership": [
            "partner_id",
            "segment_id",
            "segmentation_id",
            "company_id",
            "date_end",
        ],
        "crm.customer.scorecard": [
            "partner_id",
            "company_id",
            "active",
            "order_count",
            "revenue",
            "margin",
            "last_order_date",
            "rfm_group_id",
        ],
        **{
            f"crm.scorecard.{part}": ["partner_id", "company_id", *names]
            for part, names in PARTS.items()
        },
    }

    segmentation_id = fields.Many2one("crm.segmentation", "Scheme", readonly=True)
    segment_id = fields.Many2one("crm.segment", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    rfm_group_id = fields.Many2one("crm.rfm.group", "RFM group", readonly=True)
    last_order_date = fields.Date("Last order", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    revenue = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True)

    # Invoices, payments and what is left, from the parts of the 7 P
    invoiced_revenue = fields.Monetary(
        "Invoiced (12 months)",
        readonly=True,
        help="Untaxed posted invoices less credit notes of the last 12 months.",
    )
    paid_amount = fields.Monetary(
        "Paid (12 months)",
        readonly=True,
        help="Payments of the last 12 months, with taxes, as far as they are matched"
        " with invoices.",
    )
    open_amount = fields.Monetary(
        readonly=True, help="What the receivable accounts show as open now."
    )
    overdue_amount = fields.Monetary(
        "Overdue",
        readonly=True,
        help="The part of the open amount that is past its due date.",
    )
    gross_margin = fields.Monetary(
        "Gross margin (12 months)",
        readonly=True,
        help="Margin of the orders of the last 12 months, less what credit notes took"
        " back.",
    )
    cost_to_serve = fields.Monetary(
        "Cost to serve (12 months)",
        readonly=True,
        help="Deliveries, complaints and activities of the last 12 months, less what"
        " the margin bears already.",
    )
    contribution = fields.Monetary(
        "Contribution (12 months)",
        readonly=True,
        help="Gross margin less the cost to serve.",
    )
    expected_revenue = fields.Monetary(
        "Expected revenue (12 months)",
        readonly=True,
        help="Untaxed revenue to expect in the next 12 months.",
    )
    lifetime_value = fields.Monetary(
        "Expected lifetime value",
        readonly=True,
        help="Margin to expect, at its present worth. The margin so far stands beside"
        " it.",
    )

    @api.model
    def _open_figures(self):
        """Return the action, filtered by one scheme: only so do its totals add up."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_segment_scorecard_report_action"
        )
        schemes = self.env["crm.segmentation"].search([])
        for scheme in reversed(schemes):
            rows = [("segmentation_id", "=", scheme.id)]
            if self.search_count(rows, limit=1):  # style: CRM108 the first of a few
                action["context"] = {"search_default_segmentation_id": scheme.id}
                break
        return action

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        parts = [
            SQL.identifier(part, name)
            for part, names in PARTS.items()
            for name in names
        ]
        return SQL(
            """SELECT m.id::bigint * 100000 + c.company_id AS id,
                      m.segmentation_id, m.segment_id, c.partner_id, c.company_id,
                      c.rfm_group_id, c.last_order_date, c.order_count, c.revenue,
                      c.margin, %s""",
            SQL(", ").join(parts),
        )

    @api.model
    def _from(self) -> SQL:
        """Join the parts by their keys; one that is not asked for costs nothing."""
        joins = [
            SQL(
                """LEFT JOIN %(table)s %(part)s
                          ON %(part)s.partner_id = c.partner_id
                         AND %(part)s.company_id = c.company_id""",
                table=SQL.identifier(f"crm_scorecard_{part}"),
                part=SQL.identifier(part),
            )
            for part in PARTS
        ]
        return SQL(
            """FROM crm_segment_membership m
               JOIN crm_customer_scorecard c ON c.partner_id = m.partner_id
                AND (m.company_id IS NULL OR m.company_id = c.company_id)
               %s""",
            SQL(" ").join(joins),
        )

    @api.model
    def _where(self) -> SQL:
        return SQL("WHERE m.date_end IS NULL AND c.active")
