from odoo import api, models


class CrmCompanyPolicyMixin(models.AbstractModel):
    """The rules of one company: each has exactly one record, made when it is needed."""

    _name = "crm.company.policy.mixin"
    _description = "Policy of a Company"

    @api.model
    def _ensure(self, companies):
        """Return the policies of ``companies``, created with defaults if missing.

        They come with the rights of the system: who checks rights, does so on the
        model or on a record of his own.
        """
        policies = self.sudo().search(  # style: CRM109 every company has a policy
            [("company_id", "in", companies.ids)]
        )
        missing = companies - policies.company_id
        if missing:
            policies |= policies.create(
                [{"company_id": company.id} for company in missing]
            )
        return policies

    @api.model
    def _ensure_all(self):
        """Give every company a policy; called at installation."""
        self._ensure(self.env["res.company"].search([]))
