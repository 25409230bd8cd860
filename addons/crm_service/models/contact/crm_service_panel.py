from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.customer_panel import days_late, delivered_percent, tenure

# Who may see what we earn with a customer: sales, finance, the head of service
MARGIN_GROUPS = (
    "crm_strategy.group_user",
    "account.group_account_invoice",
    "account.group_account_readonly",
    "crm_service.group_manager",
)
POLICY_FIELDS = (
    "service_level_id",
    "reply_hours",
    "calls_per_year",
    "special_instructions",
)
# Rows of each list; the others are one click away
LIMIT = 20


class CrmServicePanel(models.AbstractModel):
    """Who is calling: what an agent must know of a customer before he speaks.

    One dictionary per customer, as JSON for the screen. What a purchase, revenue
    and margin are, says ``crm.sale.fact``; amounts are of one company, in its
    currency. Every figure is read once for all customers asked for, so that the
    panel costs the same number of queries however much a customer has bought.

    =================  ========================================================
    part               shown to
    =================  ========================================================
    orders, amount     everyone who sees the panel: totals, no document
    margin             sales, finance, head of service
    open orders        row by row what the reader may read
    open invoices      totals for everyone; row by row what the reader may read
    complaints         what the reader may read
    class, lifecycle,  everyone: the answer is the same whoever looks
    policy
    =================  ========================================================
    """

    _name = "crm.service.panel"
    _description = "Customer Panel"

    # --- THE PANEL

    @api.model
    def _get_panels(self, partners, company):
        """Return ``{partner id: panel}`` of ``partners`` as customers of ``company``.

        :param partners: customers, their contacts, persons; archived or not
        """
        customers = partners.commercial_partner_id._origin
        if not customers or not company:
            return {}
        today = self.env["crm.sale.fact"]._get_today(company)
        figures = self._fetch_figures(customers, company, today)
        standings = self._get_standings(customers, company)
        orders = self._get_open_orders(customers, company, today)
        invoices = self._get_open_invoices(customers, company, today)
        complaints = self._get_complaints(customers, company)
        policies = self._get_policies(customers, company)
        panels = {
            customer.id: {
                "customer_id": customer.id,
                "customer": customer.display_name,
                "is_archived": not customer.active,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                **self._prepare_figures(figures.get(customer.id), today),
                **standings[customer.id],
                "open_order_count": len(orders.get(customer.id, [])),
                "late_order_count": self._count_late(orders.get(customer.id, [])),
                "open_orders": orders.get(customer.id, [])[:LIMIT],
                "open_invoices": None
                if invoices is None
                else invoices.get(customer.id, [])[:LIMIT],
                "complaint_count": complaints.get(customer.id, (0, []))[0],
                "complaints": complaints.get(customer.id, (0, []))[1],
                "policy": policies[customer.id],
            }
            for customer in customers
        }
        return {
            partner.id: panels[partner.commercial_partner_id._origin.id]
            for partner in partners
        }

    @api.model
    def _may_see_margin(self):
        return any(self.env.user.has_group(group) for group in MARGIN_GROUPS)

    @api.model
    def _prepare_figures(self, row, today):
        """Return the totals of a customer, zeros where he never bought.

        :param row: dictionary of :meth:`_fetch_figures`, None without a row
        """
        row = row or {}
        first, last = row.get("first_order"), row.get("last_order")
        panel = {
            "order_count": row.get("order_count", 0),
            "first_order": first and fields.Date.to_string(first),
            "last_order": last and fields.Date.to_string(last),
            "tenure": list(tenure(first, today)),
            "amount": row.get("amount", 0.0),
            "is_first_time": row.get("order_count") == 1,
            "invoice_count": row.get("invoice_count", 0),
            "due": row.get("due", 0.0),
            "overdue": row.get("overdue", 0.0),
        }
        if self._may_see_margin():
            panel["margin"] = row.get("margin", 0.0)
        return panel

    # --- FIRST-TIME BUYERS

    @api.model
    def _get_order_counts(self, customers, company):
        """Return ``{customer id: number of purchases}``; zero for the others.

        Who has bought exactly once, is a first-time buyer.
        """
        today = self.env["crm.sale.fact"]._get_today(company)
        rows = self._fetch_figures(customers, company, today)
        return {c.id: rows.get(c.id, {}).get("order_count", 0) for c in customers}

    # --- DRILL-DOWN

    @api.model
    def open_records(self, customer_id, company_id, kind, record_id=False):
        """Return the action that shows the records behind a figure, or one of them.

        :param kind: ``orders``, ``invoices`` or ``complaints``
        """
        customer = self.env["res.partner"].browse(customer_id)
        customer.check_access("read")
        xmlid, domain = self._get_drilldown(customer, kind)
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        self.env[action["res_model"]].check_access("read")
        action["domain"] = [*domain, ("company_id", "=", company_id)]
        action["context"] = {"create": False}
        if record_id:
            action |= {"res_id": record_id, "views": [(False, "form")]}
        return action

    @api.model
    def _get_drilldown(self, customer, kind):
        """Return the xml id of an action and the domain of the records it shows."""
        drilldowns = {
            "orders": (
                "sale.action_orders",
                [
                    ("state", "=", "sale"),
                    ("partner_id.commercial_partner_id", "=", customer.id),
                ],
            ),
            "invoices": (
                "account.action_move_out_invoice_type",
                [
                    ("state", "=", "posted"),
                    ("move_type", "in", ["out_invoice", "out_refund", "out_receipt"]),
                    ("payment_state", "in", ["not_paid", "partial"]),
                    ("partner_id.commercial_partner_id", "=", customer.id),
                ],
            ),
            "complaints": (
                "crm_service.crm_complaint_action",
                [("commercial_partner_id", "=", customer.id)],
            ),
        }
        if not isinstance(kind, str) or kind not in drilldowns:
            raise UserError(
                self.env._("There is nothing to open here. Reload the page.")
            )
        return drilldowns[kind]

    # --- PARTS

    @api.model
    def _get_standings(self, customers, company):
        """Return value class and lifecycle state by customer id."""
        rows = self._fetch_standings(customers, company)
        segments = self.env["crm.segment"].sudo()  # style: CRM109 name of his class
        segments = segments.browse([row["segment_id"] for row in rows.values()])
        names = {segment.id: (segment.name, segment.color) for segment in segments}
        stays = self.env["crm.lifecycle.transition"]
        labels = dict(stays._fields["state"]._description_selection(self.env))
        standings = {}
        for customer_id, row in rows.items():
            name, color = names.get(row["segment_id"], (None, 0))
            standings[customer_id] = {
                "value_class": name,
                "value_class_color": color,
                "lifecycle_state": row["state"],
                "lifecycle": labels.get(row["state"]),
            }
        return standings

    @api.model
    def _get_open_orders(self, customers, company, today):
        """Return what is not delivered yet, most urgent first, by customer id."""
        found = {}
        if not self.env["sale.order"].has_access("read"):
            return found
        for row in self._fetch_open_orders(customers, company):
            promised = row["promised"]
            found.setdefault(row["customer_id"], []).append(
                {
                    "id": row["id"],
                    "name": row["name"],
                    "promised": promised and fields.Date.to_string(promised),
                    "is_promised": row["is_promised"],
                    "percent": min(
                        99, delivered_percent(row["delivered"], row["ordered"])
                    ),
                    "days_late": days_late(promised, today),
                }
            )
        return found

    @api.model
    def _count_late(self, orders):
        """Return how many of the open orders are late, also of those not shown."""
        return sum(order["days_late"] > 0 for order in orders)

    @api.model
    def _get_open_invoices(self, customers, company, today):
        """Return what is to be paid, by customer id; None without a right on it."""
        if not self.env["account.move"].has_access("read"):
            return None
        found = {}
        for row in self._fetch_open_invoices(customers, company):
            found.setdefault(row["customer_id"], []).append(
                {
                    "id": row["id"],
                    "name": row["name"],
                    "date_due": row["due"] and fields.Date.to_string(row["due"]),
                    "amount": float(row["amount"]),
                    "days_late": days_late(row["due"], today)
                    if row["amount"] > 0
                    else 0,
                }
            )
        return found

    @api.model
    def _get_complaints(self, customers, company):
        """Return (number, the latest of them with what was granted) by customer id."""
        complaints = self.env["crm.complaint"]
        if not complaints.has_access("read"):
            return {}
        rows = self._fetch_latest_complaints(customers, company, LIMIT)
        found = complaints.browse([complaint_id for _, complaint_id, _ in rows])
        found.fetch(["name", "title", "date_received", "state"])
        labels = dict(complaints._fields["state"]._description_selection(self.env))
        granted = found._get_granted_texts()
        panels = {}
        for complaint, (customer_id, _id, total) in zip(found, rows, strict=True):
            day = fields.Datetime.context_timestamp(complaint, complaint.date_received)
            _total, shown = panels.setdefault(customer_id, (total, []))
            shown.append(
                {
                    "id": complaint.id,
                    "name": complaint.name,
                    "title": complaint.title,
                    "date": fields.Date.to_string(day.date()),
                    "state": labels[complaint.state],
                    "granted": granted.get(complaint.id, []),
                }
            )
        return panels

    @api.model
    def _get_policies(self, customers, company):
        """Return how each customer is to be treated, by customer id."""
        policies = self.env["crm.customer.policy"]
        found = policies._get_effective_policies(customers, company, POLICY_FIELDS)
        panels = {}
        for customer in customers:
            values = {name: value for name, (value, _) in found[customer.id].items()}
            level = values.get("service_level_id")
            panels[customer.id] = {
                "service_level": level and level.display_name,
                "reply_hours": values.get("reply_hours") or 0.0,
                "calls_per_year": values.get("calls_per_year") or 0,
                "special_instructions": values.get("special_instructions"),
            }
        return panels
