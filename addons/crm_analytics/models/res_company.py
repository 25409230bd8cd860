from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["crm.rfm.policy"]._ensure(companies)
        self.env["crm.churn.factor"]._ensure(companies)
        self.env["crm.profit.policy"]._ensure(companies)
        self.env["crm.credit.policy"]._ensure(companies)
        self.env["crm.finding.policy"]._ensure(companies)
        return companies

    def write(self, vals):
        """Forget whom an archived company would look at; it starts anew afterwards."""
        result = super().write(vals)
        if "active" in vals:
            policies = self.env["crm.rfm.policy"]._ensure(self)
            policies.write({"watermark": False})
            queue = self.env["crm.scorecard.queue"].sudo()  # style: CRM109 derived
            queue.search([("company_id", "in", self.ids)]).unlink()
        return result
