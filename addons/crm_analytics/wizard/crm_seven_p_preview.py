from odoo import Command, api, fields, models

from ..tools.preview import Figure


class CrmSevenPPreview(models.TransientModel):
    """Shows what other factors would do to the scores, before they are applied."""

    _name = "crm.seven.p.preview"
    _description = "Preview of Factors"
    _inherit = ["crm.preview.mixin"]

    line_ids = fields.One2many("crm.seven.p.preview.factor", "preview_id")

    @api.model
    def _open(self, factors):
        """Return the action of a new preview of changes of ``factors``."""
        preview = self.create(
            {
                "company_id": self._get_company(factors).id,
                "line_ids": [
                    Command.create(
                        {
                            "factor_id": factor.id,
                            "weight": factor.weight,
                            "value_zero": factor.value_zero,
                            "value_full": factor.value_full,
                        }
                    )
                    for factor in factors
                ],
            }
        )
        return preview._get_action()

    def _get_title(self):
        return self.env._("Preview of Factors")

    def _check_rules(self):
        self.env["crm.scorecard.factor"].check_access("write")

    def _write_rules(self):
        for line in self.line_ids:
            line.factor_id.write(
                {
                    "weight": line.weight,
                    "value_zero": line.value_zero,
                    "value_full": line.value_full,
                }
            )

    def _get_figures(self):
        """Return the scores that a change may move."""
        changed = set(self.line_ids.factor_id.mapped("part"))
        labels = self.env["crm.scorecard.part"]._selection_part()
        return [
            Figure("total_score", self.env._("Total")),
            *(
                Figure(f"{part}_score", label)
                for part, label in labels
                if part in changed
            ),
        ]

    def _figures_sql(self):
        names = [figure.column for figure in self._get_figures()]
        scores = self.env["crm.seven.p.score"].sudo()  # style: CRM109 only counted
        return scores._preview_sql(self.company_id, names)
