from odoo import api, models

#: Month ends, counted back from today, at which segments were refreshed.
QUARTERS = (12, 9, 6, 3)


class CrmDemoStory(models.AbstractModel):
    """How the customers of the story came to where they are."""

    _inherit = "crm.demo.story"

    @api.model
    def _score_customers(self):
        """Work out the past month by month, then the present."""
        company = self.env.ref("base.main_company")
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
        runs._refresh(company, mode="full")
