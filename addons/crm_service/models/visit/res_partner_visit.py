from odoo import api, fields, models

from ...tools.visit_clock import to_local

VISITORS = "crm_strategy.group_user,crm_service.group_agent"


class ResPartner(models.Model):
    """Visits of a customer: how often, when last and when next."""

    _inherit = "res.partner"

    visit_last_date = fields.Date(
        "Last Visit", compute="_compute_visits", groups=VISITORS
    )
    visit_next_date = fields.Date(
        "Next Visit", compute="_compute_visits", groups=VISITORS
    )
    visit_cadence = fields.Char("Cadence", compute="_compute_visits", groups=VISITORS)
    visit_count = fields.Integer("Visits", compute="_compute_visits", groups=VISITORS)

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_visits(self):
        """Look all up at once, as far as the reader may see the visits."""
        customers = self.commercial_partner_id._origin
        now = fields.Datetime.now()
        found = {customer.id: [None, None, 0] for customer in customers}
        for partner, state, last, first, done, count in self.env[
            "crm.sales.activity"
        ]._read_group(
            [
                ("partner_id", "in", customers.ids),
                ("is_visit", "=", True),
                ("state", "in", ("done", "planned", "confirmed")),
                "|",
                ("state", "=", "done"),
                ("date_start", ">=", now),
            ],
            ["partner_id", "state"],
            ["date_start:max", "date_start:min", "date_done:max", "__count"],
        ):
            row = found[partner.id]
            row[2] += count
            if state == "done":
                row[0] = min(last, done or last)  # some are done before their day
            else:
                row[1] = min(first, row[1] or first)
        rows = self.env["crm.visit.customer"].search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        reasons = {row.partner_id.id: row.reason for row in rows}
        zone = self.env["crm.sale.fact"]._get_timezone(self.env.company)
        for partner in self:
            customer_id = partner.commercial_partner_id._origin.id
            last, first, count = found.get(customer_id, (None, None, 0))
            partner.visit_last_date = last and to_local(last, zone).date()
            partner.visit_next_date = first and to_local(first, zone).date()
            partner.visit_count = count
            partner.visit_cadence = reasons.get(customer_id)

    def write(self, vals):
        """Who is archived is not visited; a plan proposes anew who comes back."""
        if vals.get("active") is False:
            self._get_plan_proposals().unlink()
        return super().write(vals)

    def _get_plan_proposals(self):
        """Return the proposals of plans for these customers that nobody touched."""
        if not self.ids:
            return self.env["crm.sales.activity"]
        visits = self.env["crm.sales.activity"].sudo()  # style: CRM109 of any plan
        return visits.search(
            [
                ("partner_id", "in", self.ids),
                ("plan_id", "!=", False),
                ("state", "=", "proposed"),
                ("is_moved", "=", False),
            ]
        )

    def action_open_visits(self):
        """Open the visits to the customer."""
        self.ensure_one()
        customer = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_visit_action_list"
        )
        return {
            **action,
            "domain": [("partner_id", "=", customer.id), ("is_visit", "=", True)],
            "context": {"default_partner_id": customer.id},
        }

    def _merge_visits(self, duplicates):
        """Hand cadences and plans over: one row each, no proposal twice.

        Visits that were taken up all stay, with their places in their plans.
        """
        customer = self.commercial_partner_id
        rows = self.env["crm.visit.customer"].sudo()  # style: CRM109 any merge
        rows._merge_into(customer, duplicates)
        visits = self.env["crm.sales.activity"].sudo()  # style: CRM109 any merge
        own = visits.search(
            [("partner_id", "=", customer.id), ("plan_id", "!=", False)]
        )
        double = duplicates._get_plan_proposals()
        plans, gone = own.plan_id, visits.browse()
        for proposals in double.grouped("partner_id").values():
            gone |= proposals.filtered(
                lambda visit, known=plans: visit.plan_id in known
            )
            plans |= proposals.plan_id
        gone.unlink()
