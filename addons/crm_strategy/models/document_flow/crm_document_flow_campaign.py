from odoo import api, models
from odoo.tools import SQL


class CrmDocumentFlow(models.AbstractModel):
    """Campaigns in the flow: the leads, opportunities and orders that they brought."""

    _inherit = "crm.document.flow"

    @api.model
    def _get_flow_kinds(self):
        return [
            *super()._get_flow_kinds(),
            {
                "key": "campaign",
                "sequence": 5,
                "model": "utm.campaign",
                "label": self.env._("Campaigns"),
                "name": self.env._("Campaign"),
                "icon": "fa-bullhorn",
                "date": ["create_date"],
                "state": self._get_campaign_state,
                "reads": ["stage_id"],
                "is_collective": True,
            },
        ]

    @api.model
    def _get_campaign_state(self, campaign):
        return campaign.stage_id.name or "", False

    @api.model
    def _get_flow_links(self):
        return [
            *super()._get_flow_links(),
            *(
                {
                    "source": "utm.campaign",
                    "target": model_name,
                    "sql": SQL(
                        """SELECT campaign_id AS source_id, id AS target_id
                             FROM %s WHERE campaign_id IS NOT NULL""",
                        SQL.identifier(self.env[model_name]._table),
                    ),
                    "fields": {model_name: ["campaign_id"]},
                }
                for model_name in ("crm.lead", "sale.order")
            ),
        ]
