from datetime import timedelta

from odoo import api, models

#: ``(customer, agency, rating, points)``: what was heard since the quarter before
RATINGS = (
    ("orion_alloys", "Coface", "D", 0),
    ("hanse_trading", "Creditreform", "D", 20),
)


class CrmDemoStory(models.AbstractModel):
    """How far the customers of the story can be trusted."""

    _inherit = "crm.demo.story"

    @api.model
    def _assess_credit(self):
        """Assess all a quarter ago and now; finance and sales decide on some.

        The grades of Orion Alloys and Hanse became worse. A review of Orion Alloys is
        due, a person has proposed another limit for the largest customer, and one
        limit is applied.
        """
        company = self.env.ref("base.main_company")
        [policy] = self.env["crm.credit.policy"]._ensure(company)
        self._assess_a_quarter_ago(policy)
        self._hear_of_ratings(company)
        self.env["crm.credit.run"]._refresh(company, "monthly")
        sofia = self.env.ref("crm_strategy.res_users_sofia")
        assessments = self.env["crm.credit.assessment"].with_user(sofia)
        changed = assessments.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", self._get_rated().ids),
                ("state", "=", "proposed"),
            ]
        )
        changed.action_approve()
        self._apply_limit_of(self.env.ref("crm_strategy.partner_hanse_trading"), sofia)
        self._propose_for_largest(company)
        self._let_review_fall_due(policy)
        self.env["crm.scorecard.run"]._refresh(company, mode="incremental")

    @api.model
    def _get_rated(self):
        refs = [f"crm_strategy.partner_{name}" for name, *_rating in RATINGS]
        return self.env["res.partner"].union(*map(self.env.ref, refs))

    @api.model
    def _assess_a_quarter_ago(self, policy):
        """Assess all as if it had been done 92 days ago."""
        run = self.env["crm.credit.run"]._refresh(policy.company_id, "monthly")
        run.date_start = self._get_moment(self._get_day(92))
        run.assessment_ids.date = self._get_day(92)

    @api.model
    def _hear_of_ratings(self, company):
        self.env["crm.credit.rating"].create(
            [
                {
                    "partner_id": self.env.ref(f"crm_strategy.partner_{name}").id,
                    "company_id": company.id,
                    "agency": agency,
                    "rating": rating,
                    "points": points,
                }
                for name, agency, rating, points in RATINGS
            ]
        )

    @api.model
    def _apply_limit_of(self, customer, user):
        """Let ``user`` apply the limit of what is in force for ``customer``."""
        assessments = self.env["crm.credit.assessment"].with_user(user)
        domain = [("partner_id", "=", customer.id), ("state", "=", "in_force")]
        assessments.search(domain).action_apply_limit()

    @api.model
    def _propose_for_largest(self, company):
        """Let a person propose another limit for the largest customer."""
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

    @api.model
    def _let_review_fall_due(self, policy):
        """The riskiest are reviewed after a month: this one was ten days ago."""
        assessments = self.env["crm.credit.assessment"]
        orion = self.env.ref("crm_strategy.partner_orion_alloys")
        domain = [("partner_id", "=", orion.id), ("state", "=", "in_force")]
        for one in assessments.search(domain):
            one.date = one.date - timedelta(days=40)
        assessments._remind_of_reviews(policy)
