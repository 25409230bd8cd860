from odoo import api, models

from ...tools import page_blocks as blocks
from .crm_customer_page import LIMIT


class CrmCustomerPage(models.AbstractModel):
    """What was observed of the customer, and what he needs."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "characteristics",
                "label": self.env._("Characteristics and Needs"),
                "icon": "fa-lightbulb-o",
                "sequence": 70,
                "method": "_section_characteristics",
            },
        ]

    @api.model
    def _get_drills(self, scope):
        customer = scope.customer
        return super()._get_drills(scope) | {
            "observations": (
                "crm_strategy.crm_partner_observation_action",
                [("partner_id", "=", customer.id)],
            ),
            "needs": (
                "crm_strategy.crm_need_action",
                [("partner_id", "=", customer.id)],
            ),
        }

    @api.model
    def _section_characteristics(self, scope):
        return {
            "blocks": [self._get_observation_table(scope), self._get_need_table(scope)]
        }

    @api.model
    def _find_observations(self, scope):
        """Return the latest value of each attribute that the reader may read."""
        observations = self.env["crm.partner.observation"]
        if not observations.has_access("read"):
            return observations
        return observations.search_fetch(
            [
                ("partner_id", "=", scope.customer.id),
                ("company_id", "in", [False, scope.company.id]),
                ("is_latest", "=", True),
            ],
            ["attribute_id", "value_display", "unit", "date"],
            order="date desc, id desc",
        )

    @api.model
    def _get_observation_table(self, scope, limit=LIMIT):
        found = self._find_observations(scope)
        return blocks.table(
            "observations",
            self.env._("Observed"),
            [
                blocks.column(self.env._("What")),
                blocks.column(self.env._("Value"), "end"),
                blocks.column(self.env._("Seen On")),
            ],
            [
                blocks.row(
                    seen.id,
                    [
                        blocks.cell(seen.attribute_id.name),
                        blocks.cell(
                            " ".join(filter(None, [seen.value_display, seen.unit])),
                            res_model=seen._name,
                            res_id=seen.id,
                        ),
                        self._day(
                            seen.date,
                            tone="warn" if seen._is_old(scope.today) else "",
                        ),
                    ],
                )
                for seen in found[:limit]
            ],
            count=len(found),
            drill="observations",
        )

    @api.model
    def _get_need_table(self, scope, limit=LIMIT):
        needs = self.env["crm.need"]
        domain = [
            ("partner_id", "=", scope.customer.id),
            ("company_id", "=", scope.company.id),
            ("state", "in", ["new", "answered"]),
        ]
        found, count = needs, 0
        if needs.has_access("read"):
            names = ["name", "strength", "date", "categ_id"]
            found = needs.search_fetch(domain, names, order="strength desc, id desc")
            found, count = found[:limit], len(found)
        return blocks.table(
            "needs",
            self.env._("Open Needs"),
            [
                blocks.column(self.env._("Need")),
                blocks.column(self.env._("Strength (1 to 5)"), "end"),
                blocks.column(self.env._("Asked On")),
            ],
            [
                blocks.row(
                    need.id,
                    [
                        self._link(need, need.name, note=need.categ_id.name or ""),
                        blocks.cell(need.strength, "integer"),
                        self._day(need.date),
                    ],
                )
                for need in found
            ],
            count=count,
            drill="needs",
        )
