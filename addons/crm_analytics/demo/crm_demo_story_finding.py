from odoo import api, models


class CrmDemoStory(models.AbstractModel):
    """What the figures of the story tell, and what its people say to that."""

    _inherit = "crm.demo.story"

    @api.model
    def _find_findings(self):
        """Look at all measures; the manager accepts one, dismisses another."""
        company = self.env.ref("base.main_company")
        findings = self.env["crm.finding"]
        findings._look_now(company)
        own = [("company_id", "=", company.id), ("state", "=", "proposed")]
        lin = self.env.ref("crm_strategy.res_users_lin")
        order = "strength desc, id"
        retention = self.env.ref("crm_analytics.crm_measure_retention_rate")
        bad = findings.search(
            [*own, ("tone", "=", "bad"), ("measure_id", "=", retention.id)],
            order=order,
            limit=1,
        ) or findings.search([*own, ("tone", "=", "bad")], order=order, limit=1)
        good = findings.search([*own, ("tone", "=", "good")], order=order, limit=1)
        if bad:
            bad.with_user(lin).write(
                {
                    "user_id": lin.id,
                    "conclusion": "Two customers went silent after late deliveries; "
                    "the others buy as before.",
                    "next_action": "Visit both customers with the head of logistics",
                }
            )
            bad.with_user(lin).action_accept()
        if good:
            reason = "The visits of the yearly plan fell into this month."
            good.with_user(lin).dismissal_reason = reason
            good.with_user(lin).action_dismiss()
