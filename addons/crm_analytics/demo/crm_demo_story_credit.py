from odoo import api, models


class CrmDemoStory(models.AbstractModel):
    """How far the customers of the story can be trusted."""

    _inherit = "crm.demo.story"

    @api.model
    def _assess_credit(self):
        """Assess all, then let a person propose another limit for the largest."""
        company = self.env.ref("base.main_company")
        [policy] = self.env["crm.credit.policy"]._ensure(company)
        policy._assess_all()
        assessments = self.env["crm.credit.assessment"]
        largest = assessments.search(
            [("company_id", "=", company.id), ("state", "=", "in_force")],
            order="monthly_invoiced desc, id",
            limit=1,
        )
        if largest:
            self.env["crm.credit.rating"].create(
                {
                    "partner_id": largest.partner_id.id,
                    "company_id": company.id,
                    "agency": "Sinosure",
                    "rating": "BBB",
                    "points": 70,
                }
            )
            assessments.create(
                {
                    "partner_id": largest.partner_id.id,
                    "company_id": company.id,
                    "is_limit_overridden": True,
                    "override_limit": round(largest.monthly_invoiced * 2, -3),
                    "override_reason": "Insured up to this amount; framework order.",
                }
            ).action_propose()
        self.env["crm.scorecard.run"]._refresh(company, mode="incremental")
