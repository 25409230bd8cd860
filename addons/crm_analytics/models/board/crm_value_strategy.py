from odoo import api, fields, models

VALUE_CLASSES = [("A", "A"), ("B", "B"), ("C", "C")]
BANDS = [
    ("satisfied", "Satisfied"),
    ("neutral", "Neutral"),
    ("unhappy", "Unhappy"),
    ("unknown", "Not Asked"),
]


class CrmValueStrategy(models.Model):
    """How customers of one value class and one satisfaction are treated."""

    _name = "crm.value.strategy"
    _description = "Strategy by Value and Satisfaction"
    _order = "value_class, satisfaction_band, id"
    _check_company_auto = True

    name = fields.Char(
        required=True, translate=True, help="In two or three words, as in the grid."
    )
    description = fields.Text(
        "Strategy", translate=True, help="What to do for these customers, and why."
    )
    value_class = fields.Selection(
        VALUE_CLASSES,
        required=True,
        help="A: the customers who together make up the first part of the invoiced "
        "revenue of the last 12 months, B: the next ones, C: the others. The "
        "percentages are set on the profit rules.",
    )
    satisfaction_band = fields.Selection(BANDS, "Satisfaction", required=True)
    color = fields.Integer("Color Index")
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for all companies. What a company says itself comes first.",
    )

    _cell_uniq = models.UniqueIndex(
        "(value_class, satisfaction_band, COALESCE(company_id, 0))",
        "There is a strategy for this value and satisfaction. Change that one.",
    )

    @api.model
    def _get_by_cell(self, company):
        """Return ``{(value class, band): strategy}`` in force for ``company``."""
        rows = self.search(
            [("company_id", "in", [False, company.id])], order="company_id NULLS FIRST"
        )
        return {(row.value_class, row.satisfaction_band): row for row in rows}
