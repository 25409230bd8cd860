from odoo import api, models

#: The figures of the company with an analysis of all customers behind them
ANALYSES = {
    "performance": dict.fromkeys(
        ("category_count", "place_count", "team_count", "medium_count"), "sales"
    ),
    "promotion": dict.fromkeys(
        ("contact_count", "response_count", "response_rate"), "promotion"
    ),
    "profitability": {"activity_cost": "promotion"},
}
#: The model and the action of each analysis
ACTIONS = {
    "sales": ("crm.sale.breakdown", "crm_analytics.crm_sale_breakdown_action"),
    "promotion": (
        "crm.sales.activity.report",
        "crm_analytics.crm_promotion_report_action",
    ),
}


class CrmSevenPBoard(models.AbstractModel):
    """Sales and promotion by kind and channel behind the figures of the company."""

    _inherit = "crm.seven.p.board"

    @api.model
    def _get_openers(self, asked):
        openers = super()._get_openers(asked)
        if asked.kind != "company":
            return openers

        def opener(xml_id):
            return lambda: self._open_analysis(asked, xml_id)

        analyses = {name: opener(xml_id) for name, (_model, xml_id) in ACTIONS.items()}
        return {**openers, **analyses}

    @api.model
    def _open_analysis(self, asked, xml_id):
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        action["domain"] = [("company_id", "=", asked.company.id)]
        return action

    @api.model
    def _get_drill_name(self, asked, part, name):
        analysis = ANALYSES.get(part, {}).get(name)
        if asked.kind == "company" and analysis:
            model, _xml_id = ACTIONS[analysis]
            if self.env[model].has_access("read"):
                return analysis
        return super()._get_drill_name(asked, part, name)
