from odoo import api, fields, models

#: Month ends, counted back from today, at which segments were refreshed.
QUARTERS = (12, 9, 6, 3)


class CrmDemoStory(models.AbstractModel):
    """How the customers of the story came to where they are."""

    _inherit = "crm.demo.story"

    @api.model
    def _name_channels(self, company):
        """Let persons order on the website, companies in the way they are used to."""
        website, phone, email = (
            self.env.ref(f"utm.utm_medium_{name}")
            for name in ("website", "phone", "email")
        )
        visit = self.env.ref("crm_service.utm_medium_visit")
        orders = self.env["sale.order"].search(
            [("company_id", "=", company.id), ("medium_id", "=", False)]
        )
        groups = orders.grouped("partner_id")
        usual = (visit, phone, email, visit, phone)
        for place, customer in enumerate(orders.partner_id.sorted("id")):
            medium = usual[place % len(usual)] if customer.is_company else website
            groups[customer].medium_id = medium

    @api.model
    def _score_customers(self):
        """Work out the past month by month, then the present."""
        company = self.env.ref("base.main_company")
        self._name_channels(company)
        scheme = self.env.ref("crm_analytics.crm_segmentation_rfm")
        runs = self.env["crm.scorecard.run"]
        policy = self.env["crm.rfm.policy"]._ensure(company)
        for month_end in policy._get_missing_month_ends():
            run = runs._start(company, "month_end")
            run._work(runs._get_task("month_end", month_end))
        for months_ago in QUARTERS:
            as_of = self._get_month_end(months_ago)
            runs._refresh(company, as_of=as_of, mode="full")
            self._refresh_as_if(scheme, months_ago)
        runs._refresh(company, mode="full")
        scheme._refresh()
        # the first refresh fitted a model of a year ago: learn from the whole story
        self.env["crm.lifetime.model"]._fit(company)
        self.env["crm.churn.backtest"]._run(company)
        self.env["crm.profit.policy"]._ensure(company).action_propose()
        runs._refresh(company, mode="full")
        self.env["crm.sale.breakdown"]._refresh(company)
        self.env["crm.profit.month"]._refresh(company)

    @api.model
    def _propose_offers(self):
        """Count what is bought together; propose a quarter ago, and today."""
        company = self.env.ref("base.main_company")
        policy = self.env["crm.affinity.policy"]._ensure(company)
        policy.write({"min_count": 3, "min_share": 0.0})
        self.env["crm.segment.buying"]._refresh(company)
        self.env["crm.affinity.run"]._refresh(company, "full")
        engine = self.env["crm.next.best.offer.engine"]
        engine._refresh(policy)
        offers = self.env["crm.next.best.offer"].search(
            [("company_id", "=", company.id)]
        )
        asked = fields.Date.subtract(
            fields.Date.context_today(self), days=policy.offer_days + 5
        )
        offers.write({"date_proposed": asked})
        self._propose_what_was_bought(company, asked)
        engine._refresh(policy)
        self.env["crm.offer.hit"]._refresh(policy)
        self._answer_offers(company)

    @api.model
    def _propose_what_was_bought(self, company, asked):
        """Of what customers bought since, let every second product be an offer."""
        lines = self.env["sale.order.line"].search(
            [
                ("state", "=", "sale"),
                ("company_id", "=", company.id),
                ("order_id.date_order", ">", asked),
                ("product_id", "!=", False),
            ],
            order="id",
        )
        offers = self.env["crm.next.best.offer"]
        known = {(o.partner_id, o.product_tmpl_id) for o in offers.search([])}
        found = {
            (line.order_partner_id.commercial_partner_id, line.product_template_id)
            for line in lines[::2]
            if line.order_partner_id.active
        }
        offers.create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "product_tmpl_id": product.id,
                    "categ_id": product.categ_id.id,
                    "score": 40.0,
                    "reason": "cycle",
                    "cycle_points": 40.0,
                    "date_proposed": asked,
                }
                for partner, product in sorted(
                    found - known, key=lambda f: (f[0].id, f[1].id)
                )
            ]
        )

    @api.model
    def _answer_offers(self, company):
        """Some offers were made, one was accepted, one dismissed."""
        offers = self.env["crm.next.best.offer"].search(
            [("company_id", "=", company.id), ("state", "=", "proposed")], limit=4
        )
        if len(offers) == 4:
            (offers[0] | offers[1]).action_offer()
            offers[1].action_accept()
            offers[2]._reject(
                self.env.ref("crm_analytics.crm_offer_reason_has"),
                self.env._("Bought for the year from another supplier."),
            )
