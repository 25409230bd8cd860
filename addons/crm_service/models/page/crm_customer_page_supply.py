from odoo import api, models

from ...tools import page_blocks as blocks


class CrmCustomerPage(models.AbstractModel):
    """Share of supply: what the customer gets from us and from others."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "supply",
                "label": self.env._("Share of Supply"),
                "icon": "fa-pie-chart",
                "sequence": 45,
                "method": "_section_supply",
                "is_figures": True,
                "groups": self._get_supply_groups(),
            },
        ]

    @api.model
    def _get_supply_groups(self):
        return ["crm_strategy.group_user"]

    @api.model
    def _get_drills(self, scope):
        mine = [
            ("partner_id", "=", scope.customer.id),
            ("company_id", "=", scope.company.id),
        ]
        return super()._get_drills(scope) | {
            "supply": ("crm_strategy.crm_supply_record_action", mine)
        }

    @api.model
    def _section_supply(self, scope):
        """Return the shares by category, the greatest demand first."""
        report = self.env["crm.supply.share.report"].with_company(scope.company)
        report = report.with_context(allowed_company_ids=scope.company.ids)
        shares = report.search([("partner_id", "=", scope.customer.id)], limit=10)
        if not shares:
            return {"blocks": []}
        return {"blocks": [self._get_supply_table(shares)]}

    @api.model
    def _get_supply_table(self, shares):
        end = "end"
        return blocks.table(
            "supply",
            "",
            [
                blocks.column(self.env._("Product Category")),
                blocks.column(self.env._("From Us"), end),
                blocks.column(self.env._("From Others"), end),
                blocks.column(self.env._("Total Demand"), end),
                blocks.column(self.env._("Share (%)"), end),
                blocks.column(self.env._("Learned On")),
            ],
            [blocks.row(share.id, self._get_supply_cells(share)) for share in shares],
            drill="supply",
            note=self.env._(
                "Deliveries of the last twelve months against what the customer is"
                " known to need."
            ),
        )

    @api.model
    def _get_supply_cells(self, share):
        tone = "bad" if share.supply_share < 25 else ""
        return [
            blocks.cell(share.category_id.display_name, note=share.uom_id.name),
            blocks.cell(round(share.own_quantity, 1), "float"),
            blocks.cell(round(share.other_quantity, 1), "float"),
            blocks.cell(round(share.demand_quantity, 1), "float"),
            blocks.cell(round(share.supply_share, 1), "float", tone=tone),
            self._day(share.date),
        ]
