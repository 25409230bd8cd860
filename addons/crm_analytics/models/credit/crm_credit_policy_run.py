from odoo import api, fields, models
from odoo.exceptions import UserError

#: Up to so many customers a person can wait for the assessment of all
AT_ONCE = 20_000


class CrmCreditPolicy(models.Model):
    """The assessment by hand: at once where it is short, else by the job."""

    _inherit = "crm.credit.policy"

    asked_at = fields.Datetime(
        "Assessment asked for",
        compute="_compute_asked_at",
        compute_sudo=True,
        help="Somebody asked for an assessment at this time, and it is not done yet.",
    )

    @api.depends("company_id")
    def _compute_asked_at(self):
        asked = self.env["crm.credit.run"]._get_asked(self.company_id)
        for policy in self:
            run = asked.get(policy.company_id)
            policy.asked_at = run and run.date_start

    # --- ACTIONS

    def action_assess(self):
        """Assess all customers of these companies and say what came of it.

        With many customers this takes longer than a browser waits: then the job does
        it.
        """
        self.check_access("write")
        runs = self.env["crm.credit.run"]
        if any(policy._has_many_customers() for policy in self):
            return runs._ask(self.company_id)
        for policy in self:
            if not policy.try_lock_for_update():
                raise UserError(
                    self.env._(
                        "The customers of %(company)s are being assessed right now: "
                        "wait until it is done.",
                        company=policy.company_id.name,
                    )
                )
            runs |= runs._run_safely(policy.company_id)
        return runs._get_notification()

    def action_view_runs(self):
        """Open the runs of this company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_credit_run_action"
        )
        return {**action, "domain": [("company_id", "=", self.company_id.id)]}

    def action_preview(self):
        """Open the preview of a change of these rules and of the factors."""
        return self.env["crm.rule.preview"]._open("credit", self)

    # --- BUSINESS

    def _has_many_customers(self):
        cards = self.env["crm.customer.scorecard"].sudo()  # style: CRM109 a count
        cards = cards.with_context(active_test=False)
        domain = [("company_id", "=", self.company_id.id)]
        return cards.search_count(domain, limit=AT_ONCE + 1) > AT_ONCE

    def _assess_all(self):
        """Assess every customer of the company; return the number of new rows."""
        self.ensure_one()
        return self.env["crm.credit.run"]._refresh(self.company_id).inserted_count

    # --- CRON

    @api.model
    def _cron_assess(self):
        """Assess the customers of each company that keeps scorecards."""
        self.env["crm.credit.run"]._cron_assess()

    # --- PROGRESS

    @api.model
    def get_refresh(self, company_id):
        """Return how far the assessment of a company is, for those who may ask."""
        company = self.env["crm.seven.p.board"]._get_board_company(company_id)
        policy = self.browse(self._ensure(company).id)
        policy.check_access("write")
        runs = self.env["crm.credit.run"]
        last = runs.search(
            [("company_id", "=", company.id), ("state", "!=", "asked")], limit=1
        )
        shares = runs._get_progress()
        return {
            "asked": fields.Datetime.to_string(policy.asked_at),
            "running": last.state == "running" and company.id in shares,
            "percent": round(shares.get(company.id, 0)),
            "error": False,  # the form shows it anyway
            "refreshed_at": fields.Datetime.to_string(last.date_start),
        }
