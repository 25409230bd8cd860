from odoo import api, models

from odoo.addons.crm_service.tools import page_blocks as blocks
from odoo.addons.crm_strategy.tools.notification import notification

from ...tools.next_best_offer import OPEN_STATES

ANALYST = "crm_analytics.group_analyst"
LIMIT = 8


class CrmCustomerPage(models.AbstractModel):
    """What to offer the customer next, and why."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "offers",
                "label": self.env._("What to Offer Next"),
                "icon": "fa-lightbulb-o",
                "sequence": 22,
                "method": "_section_offers",
                "is_figures": True,
                "groups": ["crm_strategy.group_user", ANALYST],
            },
        ]

    @api.model
    def _get_drills(self, scope):
        return super()._get_drills(scope) | {
            "offers": (
                "crm_analytics.crm_next_best_offer_action",
                [
                    ("partner_id", "=", scope.customer.id),
                    ("company_id", "=", scope.company.id),
                ],
            ),
        }

    @api.model
    def _section_offers(self, scope):
        offers = self.env["crm.next.best.offer"].search(
            [
                ("partner_id", "=", scope.customer.id),
                ("company_id", "=", scope.company.id),
                ("state", "in", list(OPEN_STATES)),
            ]
        )
        return {"blocks": [self._get_offer_table(offers)]}

    @api.model
    def _get_offer_table(self, offers, limit=LIMIT):
        labels = self._get_state_labels("crm.next.best.offer", "state")
        return blocks.table(
            "offers",
            "",
            [
                blocks.column(self.env._("Product")),
                blocks.column(self.env._("Score"), "end"),
                blocks.column(self.env._("Status")),
            ],
            [
                blocks.row(
                    offer.id,
                    [
                        blocks.cell(
                            offer.display_name,
                            note=offer.explanation,
                            res_model=offer._name,
                            res_id=offer.id,
                        ),
                        blocks.cell(round(offer.score), "integer"),
                        blocks.cell(labels[offer.state], "badge"),
                    ],
                )
                for offer in offers[:limit]
            ],
            count=len(offers),
            drill="offers",
            empty=self.env._(
                "Nothing to propose yet. Proposals are worked out every night from "
                "orders, needs and similar customers."
            ),
        )

    @api.model
    def _get_buttons(self, scope):
        return [
            *super()._get_buttons(scope),
            {
                "name": "offers",
                "label": self.env._("Update Proposals"),
                "icon": "fa-lightbulb-o",
                "model": "sale.order",
                "action": self._update_offers,
            },
        ]

    @api.model
    def _update_offers(self, scope):
        """Work out the offers of this customer now."""
        count = scope.customer._refresh_offers(scope.company)
        message = self.env._("%s products to offer now.", count)
        return notification(message, "success")
