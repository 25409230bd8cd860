from odoo import api, fields, models

from ...tools.seven_p import PARTS


class CrmScorecardPart(models.AbstractModel):
    """One of the 7 P: one row per customer and company, for those with a scorecard.

    The columns are filled by the sources of the part, see ``crm.scorecard.source``;
    another add-on adds columns by ``_inherit`` of the part and a source that fills
    them.
    """

    _name = "crm.scorecard.part"
    _description = "Part of a Scorecard"
    _order = "partner_id"

    #: the key of the part
    _part = None

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    _partner_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)", "A customer has one row per company."
    )

    @api.depends("partner_id.display_name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.partner_id.display_name

    @api.model
    def _get_part_model(self, part):
        """Return the model of the part with this key."""
        return self.env[f"crm.scorecard.{part}"]

    @api.model
    def _get_parts(self):
        """Return ``{key: model}`` of all parts, in their order."""
        return {part: self._get_part_model(part) for part in PARTS}

    @api.model
    def _selection_part(self):
        """Return the parts with their names."""
        return [
            ("profiling", self.env._("Profiling")),
            ("persistency", self.env._("Persistency")),
            ("profitability", self.env._("Profitability")),
            ("performance", self.env._("Performance")),
            ("prospecting", self.env._("Prospecting")),
            ("product", self.env._("Product")),
            ("promotion", self.env._("Promotion")),
        ]

    @api.model
    def _drop_of(self, partners):
        """Delete the rows of ``partners``, who are about to disappear."""
        rows = self.sudo()  # style: CRM109 rows of merged customers
        rows.search([("partner_id", "in", partners.ids)]).unlink()
