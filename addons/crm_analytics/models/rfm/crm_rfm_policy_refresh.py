from odoo import api, fields, models

#: Up to so many orders a person can wait for the refresh of all customers
AT_ONCE = 20_000


class CrmRfmPolicy(models.Model):
    """The refresh by hand: at once where it is short, else by the job."""

    _inherit = "crm.rfm.policy"

    asked_at = fields.Datetime(
        "Refresh asked for",
        compute="_compute_asked",
        compute_sudo=True,
        help="Somebody asked for a refresh at this time, and it is not done yet.",
    )
    asked_by_id = fields.Many2one(
        "res.users", "Asked by", compute="_compute_asked", compute_sudo=True
    )

    @api.depends("company_id")
    def _compute_asked(self):
        runs = self.env["crm.scorecard.run"]
        asked = runs._get_asked(self.company_id)
        for policy in self:
            run = asked.get(policy.company_id, runs)
            policy.asked_at = run.date_start
            policy.asked_by_id = run.user_id

    def action_refresh(self):
        """Score all customers of these companies anew and say what came of it.

        With many orders this takes longer than a browser waits: then the job does it.
        """
        self.check_access("write")
        runs = self.env["crm.scorecard.run"]
        if any(policy._has_many_orders() for policy in self):
            return runs._ask(self.company_id)
        for policy in self:
            runs |= runs._run_safely(policy.company_id, "full")
        return runs._get_notification()

    def _has_many_orders(self):
        orders = self.env["sale.order"].sudo()  # style: CRM109 a count, whoever asks
        domain = [("company_id", "=", self.company_id.id), ("state", "=", "sale")]
        return orders.search_count(domain, limit=AT_ONCE + 1) > AT_ONCE

    @api.model
    def get_refresh(self, company_id):
        """Return how far the refresh of a company is, for those who may ask for it."""
        company = self.env["crm.seven.p.board"]._get_board_company(company_id)
        policy = self.browse(self._ensure(company).id)
        policy.check_access("write")
        runs = self.env["crm.scorecard.run"]
        last = runs.search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "asked"),
                ("mode", "!=", "incremental"),
            ],
            limit=1,
        )
        shares = runs._get_progress()
        return {
            "asked": fields.Datetime.to_string(policy.asked_at),
            "running": last.state == "running" and company.id in shares,
            "percent": round(shares.get(company.id, 0)),
            "error": last.error,
            "refreshed_at": fields.Datetime.to_string(policy.refreshed_at),
        }
