from collections import defaultdict

from odoo import Command, api, fields, models


class CrmRulePreview(models.TransientModel):
    """Shows what other numbers in a company's rules would do, before they are applied.

    What the rules are about is its ``topic``; the abstract model
    ``crm.rule.preview.<topic>`` knows these rules, see ``crm.rule.preview.topic``.
    """

    _name = "crm.rule.preview"
    _description = "Preview of Rules"
    _inherit = ["crm.preview.mixin"]

    topic = fields.Selection(
        [
            ("rfm", "Cut points"),
            ("weight", "Weights of the 7 P"),
            ("profit", "Profit rules"),
            ("churn", "Churn signs"),
            ("credit", "Credit rules"),
        ],
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("crm.rule.preview.line", "preview_id")

    @api.model
    def _open(self, topic, records):
        """Return the action of a new preview of changes of the rules ``records``."""
        company = self._get_company(records)
        knower = self.env[f"crm.rule.preview.{topic}"]
        preview = self.create(
            {
                "company_id": company.id,
                "topic": topic,
                "line_ids": [
                    Command.create(
                        {
                            "name": knower._get_label(record, name),
                            "res_model": record._name,
                            "res_id": record.id,
                            "field_name": name,
                            "value_now": record[name],
                            "value": record[name],
                        }
                    )
                    for record, name in knower._get_rules(records)
                ],
            }
        )
        return preview._get_action()

    # --- AS THE MIXIN ASKS

    def _get_knower(self):
        return self.env[f"crm.rule.preview.{self.topic}"]

    def _check_rules(self):
        for model in {*self.line_ids.mapped("res_model"), self._get_knower()._rules}:
            self.env[model].check_access("write")

    def _write_rules(self):
        """Write the numbers that differ, all of a record at once."""
        changes = defaultdict(dict)
        for line in self.line_ids:
            record = self.env[line.res_model].browse(line.res_id)
            if record[line.field_name] != line.value:
                changes[record][line.field_name] = line.value
        if changes:
            self._get_knower()._change(changes)

    def _prepare(self):
        self._get_knower()._prepare(self.company_id)

    def _get_named(self):
        return self._get_knower()._named

    def _get_amounts(self):
        return self._get_knower()._get_amounts()

    def _get_figures(self):
        return self._get_knower()._get_figures()

    def _figures_sql(self):
        return self._get_knower()._figures_sql(self.company_id)
