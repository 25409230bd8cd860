from odoo import api, fields, models

from ...tools import credit
from ...tools.seven_p import window_days
from .crm_credit_factor import TABLES

#: The figures that are not of 12 months; of which time they are
WINDOWS = {
    "overdue_amount": "then",
    "overdue_share": "then",
    "country": "then",
    "industry": "then",
    "external": "then",
    "tenure": "ever",
    "revenue_trend": "two_years",
}


class CrmCreditAssessment(models.Model):
    """Why the score is what it is: factor by factor."""

    _inherit = "crm.credit.assessment"

    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    @api.depends("line_values")
    def _compute_explanation(self):
        for one in self:
            one.explanation = self.env["ir.qweb"]._render(
                "crm_analytics.credit_explanation",
                {
                    "lines": one._explain(),
                    "score": one.score,
                    "start": one.date and window_days(one.date)[0],
                    "end": one.date,
                    "former": one._get_superseded(),
                },
            )

    def _get_superseded(self):
        """Return the assessment that was in force before this one, or none."""
        self.ensure_one()
        if not self._origin:
            return self.browse()
        return self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "superseded"),
                ("id", "<", self._origin.id),
            ],
            limit=1,
        )

    def _explain(self):
        """Return the factors with name, value, window (nothing for 12 months), points,
        previous_points (of the assessment before), weight and contribution.
        """
        self.ensure_one()
        stored = self.line_values or []
        former = self._get_superseded().line_values or []
        former_points = {line["id"]: line["points"] for line in former}
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
                "window": factor._get_window_text(),
                "previous_points": former_points.get(line["id"]),
                "contribution": part,
            }
            for line, part in zip(stored, parts, strict=True)
            if (factor := by_id.get(line["id"]))
        ]


class CrmCreditFactor(models.Model):
    _inherit = "crm.credit.factor"

    def _get_window_text(self):
        """Return of which time the figure is, nothing for 12 months."""
        self.ensure_one()
        texts = {
            "then": self.env._("as of the day of the assessment"),
            "ever": self.env._("since the first order"),
            "two_years": self.env._("24 months"),
        }
        return texts.get(WINDOWS.get(self.source), "")

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
