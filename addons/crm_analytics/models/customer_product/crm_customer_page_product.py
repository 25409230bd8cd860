from odoo import api, models

from odoo.addons.crm_service.tools import page_blocks as blocks

ANALYST = "crm_analytics.group_analyst"
LIMIT = 8


class CrmCustomerPage(models.AbstractModel):
    """The products of the customer: how he likes them, when he needs them again."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "products",
                "label": self.env._("Products"),
                "icon": "fa-cubes",
                "sequence": 21,
                "method": "_section_products",
                "is_wide": True,
                "is_figures": True,
                "groups": ["crm_strategy.group_user", ANALYST],
            },
        ]

    @api.model
    def _section_products(self, scope):
        return {"blocks": self._get_product_blocks(scope)}

    @api.model
    def _get_product_blocks(self, scope, limit=LIMIT):
        """Return the table of the products, and that of the wishes if there are any."""
        found = self.env["crm.customer.product"].get_products(
            scope.customer.id, scope.company.id
        )
        shown = [self._get_product_table(scope, found, limit)]
        if found["wishes"]:
            shown.append(self._get_wish_table(found["wishes"], limit))
        return shown

    @api.model
    def _get_product_table(self, scope, found, limit):
        products = found["products"]
        may_open = self.env["product.template"].has_access("read")
        return blocks.table(
            "products",
            self.env._("Bought Products"),
            [
                blocks.column(self.env._("Product")),
                blocks.column(self.env._("Liking (0 to 100)"), "end"),
                blocks.column(self.env._("Revenue"), "end"),
                blocks.column(self.env._("Buys Every (Days)"), "end"),
                blocks.column(self.env._("Last Bought")),
                blocks.column(self.env._("Next Due")),
                blocks.column(self.env._("Complaints"), "end"),
                blocks.column(self.env._("Opinions"), "end"),
            ],
            [
                self._get_product_row(scope, product, may_open)
                for product in products[:limit]
            ],
            count=len(products),
            drill="orders",
            empty=self.env._(
                "Nothing bought yet. Products appear with the first confirmed order."
            ),
            note=self.env._(
                "By the revenue of the last 12 months. The liking counts share, "
                "orders, how lately and complaints of these months; all else is of "
                "all orders."
            ),
        )

    @api.model
    def _get_product_row(self, scope, product, may_open):
        opened = {}
        if may_open:
            opened = {
                "res_model": "product.template",
                "res_id": product["product_tmpl_id"],
            }
        return blocks.row(
            product["product_tmpl_id"],
            [
                blocks.cell(product["name"], **opened),
                blocks.cell(round(product["liking"]), "integer"),
                self._money(product["revenue"], scope),
                blocks.cell(product["cycle"], "float"),
                self._day(product["last_day"]),
                self._day(
                    product["next_due"], tone="warn" if product["is_due"] else ""
                ),
                blocks.cell(
                    product["complaint_count"] or None,
                    "integer",
                    tone="bad" if product["complaint_count"] else "",
                ),
                blocks.cell(product["opinion_count"] or None, "integer"),
            ],
        )

    @api.model
    def _get_wish_table(self, wishes, limit):
        kinds = self._get_state_labels("crm.need", "kind")
        return blocks.table(
            "wishes",
            self.env._("Wishes and Needs"),
            [
                blocks.column(self.env._("Need")),
                blocks.column(self.env._("Strength (1 to 5)"), "end"),
                blocks.column(self.env._("Asked On")),
            ],
            [
                blocks.row(
                    wish["id"],
                    [
                        blocks.cell(
                            wish["name"],
                            note=kinds.get(wish["kind"], ""),
                            res_model="crm.need",
                            res_id=wish["id"],
                        ),
                        blocks.cell(wish["strength"], "integer"),
                        self._day(wish["date"]),
                    ],
                )
                for wish in wishes[:limit]
            ],
            count=len(wishes),
            drill="needs",
        )
