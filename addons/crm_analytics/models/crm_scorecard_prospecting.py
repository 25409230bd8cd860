from odoo import api, fields, models


class CrmScorecardProspecting(models.Model):
    """What the customer brought so far, beside what is expected of him."""

    _inherit = "crm.scorecard.prospecting"

    former_margin = fields.Monetary(
        "Margin so far",
        compute="_compute_former",
        help="Margin of all confirmed orders, less what credit notes took back: the "
        "historic side of the lifetime value.",
    )
    former_revenue = fields.Monetary(
        "Revenue so far",
        compute="_compute_former",
        help="Untaxed amount of all confirmed orders, less what credit notes took "
        "back.",
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid")
    def _compute_former(self):
        """Read the figures of the scorecards; one query."""
        cards = self.env["crm.customer.scorecard"].with_context(active_test=False)
        found = {
            (card.partner_id, card.company_id): card
            for card in cards.search(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        }
        for row in self:
            card = found.get((row.partner_id, row.company_id), cards)
            row.former_margin = card.margin
            row.former_revenue = card.revenue
