from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_strategy.tools.notification import notification

from ..res_partner import GROUPS
from ..seven_p.seven_p_fields import Score

#: Most customers that one click acts on
LIMIT = 500
HOUR = 9


class ResPartner(models.Model):
    """What a list to act on shows of each customer, and what one click does."""

    _inherit = "res.partner"

    crm_value_class = fields.Char(
        "Value Class", compute="_compute_crm_tendency", groups=GROUPS
    )
    crm_churn_score = Score(
        "Churn Tendency",
        compute="_compute_crm_tendency",
        groups=GROUPS,
        help="From 0 (stays) to 100 (leaves); the scorecard says why.",
    )
    crm_churn_reason = fields.Char(
        "Why", compute="_compute_crm_tendency", groups=GROUPS
    )
    crm_open_potential = fields.Monetary(
        "Open Leads",
        compute="_compute_crm_open_potential",
        currency_field="crm_board_currency_id",
        groups=GROUPS,
        help="Expected revenue of the open leads and opportunities that you may see.",
    )
    crm_board_currency_id = fields.Many2one(
        "res.currency",
        "Currency of the Potential",
        compute="_compute_crm_board_currency_id",
        groups=GROUPS,
    )

    @api.depends_context("company")
    def _compute_crm_board_currency_id(self):
        self.crm_board_currency_id = self.env.company.currency_id

    @api.depends_context("company", "uid")
    def _compute_crm_tendency(self):
        """Read the parts of the customers, as far as the reader may, in two queries."""
        company = Domain("company_id", "=", self.env.company.id)
        among = company & Domain("partner_id", "in", self.commercial_partner_id.ids)
        churns = {
            row.partner_id: row
            for row in self.env["crm.scorecard.persistency"].search(among)
        }
        values = {
            row.partner_id: row.abc_class
            for row in self.env["crm.scorecard.profitability"].search(among)
        }
        for partner in self:
            customer = partner.commercial_partner_id
            churn = churns.get(customer)
            partner.crm_value_class = values.get(customer) or False
            partner.crm_churn_score = churn and churn.churn_score
            partner.crm_churn_reason = churn and churn._get_churn_text()

    @api.depends_context("company", "uid")
    def _compute_crm_open_potential(self):
        leads = self.env["crm.lead"]
        if not leads.has_access("read"):
            self.crm_open_potential = 0
            return
        domain = self.env["crm.customer.list"].new({})._get_open_lead_domain()
        contacts = Domain("partner_id.commercial_partner_id", "in", self.ids)
        sums = {}
        for contact, amount in leads._read_group(
            domain & contacts, ["partner_id"], ["expected_revenue:sum"]
        ):
            customer = contact.commercial_partner_id
            sums[customer] = sums.get(customer, 0) + amount
        for partner in self:
            partner.crm_open_potential = sums.get(partner._origin, 0)

    # --- ACTIONS

    def action_propose_calls(self):
        """Put the customers on the call lists of their salespeople."""
        kind = self.env["crm.sales.activity"]._find_kind(
            self.env.company, code="phone_call"
        )
        return self._propose_touches(kind, self.env._("Call list"))

    def action_propose_visits(self):
        """Propose visits of the customers to their salespeople."""
        kind = self.env["crm.sales.activity"]._find_kind(
            self.env.company, code="customer_visit"
        )
        return self._propose_touches(kind, self.env._("Visits proposed"))

    def action_make_target_group(self):
        """Keep the customers as a fixed target group for a mailing or a programme."""
        customers = self._check_chosen()
        groups = self.env["crm.target.group"]
        source = self.env["crm.customer.list"].browse(
            self.env.context.get("crm_analytics_list") or []
        )
        today = fields.Date.context_today(self)
        group = groups.create(
            {
                "name": f"{source.name or self.env._('Customers')}, {today}",
                "mode": "fixed",
                "company_id": self.env.company.id,
                "member_ids": [
                    fields.Command.create({"partner_id": customer.id})
                    for customer in customers
                ],
            }
        )
        return group._get_records_action()

    def _propose_touches(self, kind, title):
        """Create a proposed touch of ``kind`` for each customer who has none ahead."""
        customers = self._check_chosen()
        if not kind:
            raise UserError(
                self.env._(
                    "There is no such kind of sales activity. Create one under "
                    "Configuration ▸ Kinds of Sales Activities."
                )
            )
        touches = self.env["crm.sales.activity"]
        ahead = touches.search(
            [
                ("partner_id", "in", customers.ids),
                ("kind_id", "=", kind.id),
                ("state", "in", ["proposed", "planned", "confirmed"]),
                ("company_id", "=", self.env.company.id),
            ]
        )
        wanted = customers - ahead.partner_id
        made = touches.create(
            [customer._prepare_proposal_vals(kind) for customer in wanted]
        )
        message = self.env._("%(title)s: %(count)s", title=title, count=len(made))
        if len(made) < len(customers):
            message += ". " + self.env._(
                "%s had one ahead already.", len(customers) - len(made)
            )
        if not made:
            return notification(message, "warning")
        opened = touches._get_open_action([("id", "in", made.ids)], {})
        return notification(message, after={**opened, "name": title})

    def _prepare_proposal_vals(self, kind):
        """Return the values of a touch of the next morning, for his salesperson."""
        self.ensure_one()
        owner = self.user_id.filtered("active") or self.env.user
        zone = timezone(owner.tz or "UTC")
        today = self.env["crm.sale.fact"]._get_today(self.env.company)
        start = zone.localize(datetime.combine(today + timedelta(1), time(HOUR)))
        return {
            "kind_id": kind.id,
            "partner_id": self.id,
            "user_id": owner.id,
            "company_id": self.env.company.id,
            "date_start": start.astimezone(utc).replace(tzinfo=None),
            "state": "proposed",
        }

    def _check_chosen(self):
        """Return the customers of the chosen partners that are in the reader's care."""
        customers = self.commercial_partner_id.filtered("active")
        customers = customers.filtered_domain(self._get_own_care_domain())
        if not customers:
            raise UserError(self.env._("Choose customers in the list first."))
        if len(customers) > LIMIT:
            raise UserError(
                self.env._(
                    "Choose at most %s customers at a time: nobody calls more.", LIMIT
                )
            )
        return customers
