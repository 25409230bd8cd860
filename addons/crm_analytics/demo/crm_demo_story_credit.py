from odoo import api, models


class CrmDemoStory(models.AbstractModel):
    """How far the customers of the story can be trusted."""

    _inherit = "crm.demo.story"

    @api.model
    def _hear_of_ratings(self, company, policy):
        """Two agencies tell of customers; one grade is changed, one waits.

        The assessments before are of a quarter ago.
        """
        assessments = self.env["crm.credit.assessment"]
        taiga = self.env.ref("crm_strategy.partner_taiga_metals")
        hanse = self.env.ref("crm_strategy.partner_hanse_trading")
        own = [("company_id", "=", company.id)]
        assessments.search(own).write({"date": self._get_day(92)})
        self.env["crm.credit.rating"].create(
            [
                {
                    "partner_id": taiga.id,
                    "company_id": company.id,
                    "agency": "Coface",
                    "rating": "D",
                    "points": 0,
                },
                {
                    "partner_id": hanse.id,
                    "company_id": company.id,
                    "agency": "Creditreform",
                    "rating": "A",
                    "points": 95,
                },
            ]
        )
        policy._assess_all()
        found = [*own, ("partner_id", "=", taiga.id), ("state", "=", "proposed")]
        assessments.search(found).action_approve()

    @api.model
    def _assess_credit(self):
        """Assess all, then let a person propose another limit for the largest."""
        company = self.env.ref("base.main_company")
        [policy] = self.env["crm.credit.policy"]._ensure(company)
        policy._assess_all()
        assessments = self.env["crm.credit.assessment"]
        self._hear_of_ratings(company, policy)
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
