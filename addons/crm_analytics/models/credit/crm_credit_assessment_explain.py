from odoo import api, fields, models

from ...tools import credit
from .crm_credit_factor import TABLES


class CrmCreditAssessment(models.Model):
    """Why the score is what it is: factor by factor."""

    _inherit = "crm.credit.assessment"

    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    @api.depends("line_values")
    def _compute_explanation(self):
        for one in self:
            one.explanation = self.env["ir.qweb"]._render(
                "crm_analytics.credit_explanation",
                {"lines": one._explain(), "score": one.score},
            )

    def _explain(self):
        """Return the factors with name, value, points, weight and contribution."""
        self.ensure_one()
        stored = self.line_values or []
        factors = self.env["crm.credit.factor"].sudo()  # style: CRM109 their names
        factors = factors.with_context(active_test=False)
        known = factors.search([("id", "in", [line["id"] for line in stored])])
        by_id = {factor.id: factor for factor in known}
        parts = credit.contributions(
            [(line["points"], line["weight"]) for line in stored]
        )
        return [
            {
                **line,
                "code": factor.code,
                "name": factor.name,
                "text": factor._get_value_text(line["value"]),
                "contribution": part,
            }
            for line, part in zip(stored, parts, strict=True)
            if (factor := by_id.get(line["id"]))
        ]


class CrmCreditFactor(models.Model):
    _inherit = "crm.credit.factor"

    def _get_value_text(self, value):
        """Return the figure of a customer in words."""
        self.ensure_one()
        if value is None:
            return self.env._("not known")
        if self.source in TABLES:
            model = {"country": "res.country", "industry": "res.partner.industry"}
            return self.env[model[self.source]].browse(int(value)).display_name
        if self.source == "overdue_amount":
            return self.company_id.currency_id.format(value)
        return self.env["ir.qweb.field.float"].value_to_html(
            value, {"precision": 0 if value == int(value) else 2}
        )
