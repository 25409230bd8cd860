from odoo import api, models

from odoo.addons.crm_service.models.page.crm_customer_page import PageScope
from odoo.addons.crm_service.tools import page_blocks as blocks

#: Rows of a table in the card of a part
LIMIT = 5


class CrmSevenPBoard(models.AbstractModel):
    """Who a customer is and what he buys, below the figures of Profiling and Product.

    Put together from the sections of the customer page, so both say the same.
    """

    _inherit = "crm.seven.p.board"

    @api.model
    def _get_part_blocks(self, asked):
        """Return ``{part: blocks}`` as ``crm_service.PageBlocks`` shows them."""
        if asked.kind != "customer":
            return {}
        scope = self._get_page_scope(asked)
        pages = self.env["crm.customer.page"]
        found = {
            "profiling": [
                blocks.tags("roles", self.env._("Roles"), pages._get_role_tags(scope)),
                blocks.facts("profile", self._get_profile_facts(asked)),
                {
                    **pages._get_observation_table(scope, LIMIT),
                    "label": self.env._("Observed"),
                },
            ],
            "product": pages._get_product_blocks(scope, LIMIT),
        }
        return {
            part: [block for block in shown if not blocks.is_empty(block)]
            for part, shown in found.items()
        }

    @api.model
    def _get_page_scope(self, asked):
        """Return what the sections of the customer page need, without its panel."""
        today = self.env["crm.sale.fact"]._get_today(asked.company)
        return PageScope(
            customer=asked.record,
            contact=asked.record,
            company=asked.company,
            today=today,
            partner_ids=asked.record.ids,
            may_see_figures=True,
            panel={},
        )

    @api.model
    def _get_profile_facts(self, asked):
        """Return what the contact form says of the customer; a click opens it."""
        customer = asked.record
        panels = self.env["crm.service.panel"]
        standing = panels._get_standings(customer, asked.company)[customer.id]
        languages = dict(self.env["res.lang"].get_installed())
        shown = [
            (self.env._("Lifecycle"), standing["lifecycle"]),
            (self.env._("Value Class"), standing["value_class"]),
            (self.env._("Risk Grade"), self._get_risk_grade(asked)),
            (self.env._("Industry"), customer.industry_id.display_name),
            (self.env._("Size"), self._get_partner_text(asked, "crm_company_size")),
            (self.env._("Country"), customer.country_id.name),
            (self.env._("State"), customer.state_id.name),
            (self.env._("Territory"), self._get_partner_text(asked, "territory_id")),
            (self.env._("Language"), languages.get(customer.lang)),
        ]
        place = {"res_model": customer._name, "res_id": customer.id}
        return [
            blocks.fact(label, blocks.cell(value or None, **place))
            for label, value in shown
        ]

    @api.model
    def _get_risk_grade(self, asked):
        if not self._may_read("performance", "risk_grade"):
            return None
        return self._get_part("performance").search(asked.domain, limit=1).risk_grade

    @api.model
    def _get_partner_text(self, asked, name):
        """Return a field of the contact as text, None if there is none to read."""
        field = asked.record._fields.get(name)
        if not field or not asked.record._has_field_access(field, "read"):
            return None
        value = asked.record[name]
        if field.type == "many2one":
            return value.sudo().display_name  # style: CRM109 its name only
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value)
        return value
