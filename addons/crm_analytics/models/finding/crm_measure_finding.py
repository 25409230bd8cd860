from odoo import api, fields, models


class CrmMeasure(models.Model):
    """What was found in the values of a measure."""

    _inherit = "crm.measure"

    open_finding_count = fields.Integer(
        "Open Findings",
        compute="_compute_open_finding_count",
        groups="crm_analytics.group_analyst",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_open_finding_count(self):
        counts = dict(
            self.env["crm.finding"]._read_group(
                [("measure_id", "in", self.ids), ("state", "=", "proposed")],
                ["measure_id"],
                ["__count"],
            )
        )
        for measure in self:
            measure.open_finding_count = counts.get(measure._origin, 0)

    def action_open_findings(self):
        """Open the findings on this measure."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_finding_action"
        )
        return {
            **action,
            "domain": [("measure_id", "=", self.id)],
            "context": {"search_default_proposed": 1},
        }


class CrmMeasureValue(models.Model):
    """Of which series of figures a value is."""

    _inherit = "crm.measure.value"

    def _get_series_key(self):
        """Return what a value has in common with the others of its series."""
        return (
            self.measure_id.id,
            self.company_id.id,
            self.period,
            self.dimension_model or False,
            self.dimension_res_id or 0,
        )
