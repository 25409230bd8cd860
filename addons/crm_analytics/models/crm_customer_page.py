from odoo import api, models

from odoo.addons.crm_service.tools import page_blocks as blocks

ANALYST = "crm_analytics.group_analyst"


class CrmCustomerPage(models.AbstractModel):
    """Analysts open the page; the scorecard says what the customer is worth."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_reader_groups(self):
        return [*super()._get_reader_groups(), ANALYST]

    @api.model
    def _get_supply_groups(self):
        return [*super()._get_supply_groups(), ANALYST]

    @api.model
    def _get_figure_groups(self):
        return [*super()._get_figure_groups(), ANALYST]

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "value",
                "label": self.env._("Value"),
                "icon": "fa-diamond",
                "sequence": 25,
                "method": "_section_value",
                "is_figures": True,
                "groups": ["crm_strategy.group_user", ANALYST],
            },
        ]

    @api.model
    def _section_value(self, scope):
        """Return what the scorecard of the customer says, if the reader may read it."""
        cards = self.env["crm.customer.scorecard"].with_context(active_test=False)
        card = cards.search(
            [
                ("partner_id", "=", scope.customer.id),
                ("company_id", "=", scope.company.id),
            ]
        )
        if not card:
            return {"blocks": []}
        return {
            "blocks": [
                blocks.figures("value", self._get_value_figures(card, scope)),
                blocks.facts("value_facts", self._get_value_facts(card)),
            ]
        }

    @api.model
    def _get_value_figures(self, card, scope):
        due = card.next_order_date
        is_late = bool(due) and due < scope.today
        return [
            blocks.figure(
                "rfm",
                self.env._("RFM"),
                blocks.cell(card.rfm_code, note=card.rfm_group_id.name or ""),
                hint=self.env._("Recency, frequency, monetary: 5 is best."),
            ),
            blocks.figure(
                "average_order",
                self.env._("Average Order"),
                self._money(card.average_order, scope),
            ),
            blocks.figure(
                "next_order",
                self.env._("Next Order Due"),
                self._day(
                    due,
                    tone="bad" if is_late else "",
                    note=self.env._("overdue") if is_late else "",
                ),
                hint=self.env._("Last order plus the usual time between two orders."),
            ),
        ]

    @api.model
    def _get_value_facts(self, card):
        interval = round(card.interval_mean, 1) or None
        return [
            blocks.fact(
                self.env._("Days Between Orders"), blocks.cell(interval, "float")
            ),
            blocks.fact(
                self.env._("RFM at the Last Month End"),
                blocks.cell(card.previous_rfm_code),
            ),
        ]
