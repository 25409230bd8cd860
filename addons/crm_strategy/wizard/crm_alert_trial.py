from odoo import api, fields, models
from odoo.fields import Command

#: periods looked at, the running one among them
PERIODS = 25


class CrmAlertTrial(models.TransientModel):
    """Which past periods a rule would have raised an alert for; it raises none."""

    _name = "crm.alert.trial"
    _description = "Trial of an Alert Rule"

    rule_id = fields.Many2one(
        "crm.alert.rule", required=True, readonly=True, ondelete="cascade"
    )
    sentence = fields.Char(related="rule_id.sentence", string="In Words")
    line_ids = fields.One2many("crm.alert.trial.line", "trial_id", readonly=True)
    raised_count = fields.Integer("Periods with an Alert", readonly=True)
    period_count = fields.Integer("Periods Looked At", readonly=True)

    @api.model
    def _create_for(self, rule):
        """Try ``rule`` on the kept values of the user's companies."""
        rule.check_access("read")
        companies = self.env.companies & (rule.company_id or self.env.companies)
        lines = [
            self._prepare_line_vals(company, finding)
            for company in companies
            for finding in rule._find(company, PERIODS)
        ]
        return self.create(
            {
                "rule_id": rule.id,
                "period_count": len(lines),
                "raised_count": sum(line["is_raised"] for line in lines),
                "line_ids": [Command.create(line) for line in lines],
            }
        )

    @api.model
    def _prepare_line_vals(self, company, finding):
        return {
            "company_id": company.id,
            "date_from": finding["date_from"],
            "date_to": finding["date_to"],
            "is_raised": finding["is_raised"],
            "value": finding["value"],
            "reference": finding["reference"] or 0.0,
            "has_reference": finding["reference"] is not None,
        }


class CrmAlertTrialLine(models.TransientModel):
    """One period of a trial."""

    _name = "crm.alert.trial.line"
    _description = "Period of a Trial"
    _order = "company_id, date_from desc"

    trial_id = fields.Many2one(
        "crm.alert.trial", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("To", readonly=True)
    is_raised = fields.Boolean("Alert", readonly=True)
    value = fields.Float(digits=0, readonly=True)
    reference = fields.Float(digits=0, readonly=True)
    has_reference = fields.Boolean(readonly=True)
    value_display = fields.Char("Figure", compute="_compute_displays")
    reference_display = fields.Char("Compared With", compute="_compute_displays")

    @api.depends("value", "reference", "has_reference", "company_id")
    @api.depends_context("lang")
    def _compute_displays(self):
        values = self.env["crm.measure.value"]
        for line in self:
            unit = line.trial_id.rule_id.unit
            currency = line.company_id.currency_id
            line.value_display = values._format_figure(line.value, unit, currency)
            line.reference_display = ""
            if line.has_reference:
                line.reference_display = values._format_figure(
                    line.reference, unit, currency
                )
