from odoo import api, models


class CrmSaleFact(models.AbstractModel):
    _inherit = "crm.sale.fact"

    @api.model
    def _get_today(self, company):
        """Return the day as of which the company looks at its figures.

        A company whose policy names a day looks at a history that ended earlier:
        scores, segments and measures alike take that day for today.
        """
        as_of = self.env["crm.rfm.policy"]._get_as_of_date(company.id)
        return as_of or super()._get_today(company)

    @api.model
    def _get_day_policies(self, companies):
        policies = self.env["crm.rfm.policy"].sudo()  # style: CRM109 system
        found = policies.search([("company_id", "in", companies.ids)])
        return [*super()._get_day_policies(companies), found]
