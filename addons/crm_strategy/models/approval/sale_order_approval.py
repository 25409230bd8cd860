from odoo import api, models
from odoo.exceptions import UserError

from ...tools.approval import is_beyond


class SaleOrder(models.Model):
    """Quotations that need approval before they are confirmed, or even sent."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.approval.mixin"]

    # --- WHAT A QUOTATION ANSWERS

    @api.model
    def _get_approval_kinds(self):
        return [
            ("first", self.env._("First order of a customer")),
            ("repeat", self.env._("Customer who ordered before")),
        ]

    def _get_approval_kind(self):
        ordered = self.search_count(
            [
                (
                    "partner_id.commercial_partner_id",
                    "=",
                    self.partner_id.commercial_partner_id.id,
                ),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sale"),
                ("id", "!=", self._origin.id),
            ],
            limit=1,
        )
        return "repeat" if ordered else "first"

    @api.model
    def _get_approval_fields(self):
        return [
            "partner_id",
            "company_id",
            "currency_id",
            "payment_term_id",
            *(f"order_line.{name}" for name in self._get_approval_line_fields()),
        ]

    @api.model
    def _get_approval_line_fields(self):
        return [
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "price_unit",
            "discount",
            "purchase_price",
            "tax_ids",
        ]

    def _get_approval_amount(self):
        return self.amount_untaxed

    def _get_approval_currency(self):
        return self.currency_id or self._get_approval_company().currency_id

    def _get_approval_date(self):
        return (
            self.date_order.date() if self.date_order else super()._get_approval_date()
        )

    def _get_approval_margin(self):
        """Return the margin in percent; goods given away count as a total loss."""
        if self._get_approval_currency().compare_amounts(self.amount_untaxed, 0) <= 0:
            return -100.0 if self.margin < 0 else None
        return self.margin / self.amount_untaxed * 100

    def _get_approval_team(self):
        return self.team_id

    def _get_approval_authors(self):
        return self.user_id

    def _get_approval_terms(self):
        head = (self.partner_id, self.company_id, self.currency_id)
        return {
            "head": (*head, self.payment_term_id),
            "lines": {
                line.id: line._get_approval_terms()
                for line in self.order_line
                if not line.display_type
            },
        }

    def _is_beyond_approved(self, terms):
        now = self._get_approval_terms()
        return now["head"] != terms["head"] or is_beyond(terms["lines"], now["lines"])

    def _get_approval_division(self):
        """Return the division of most of the amount; the first one where they tie."""
        amounts = {}
        for line in self.order_line:
            division = line.product_id.product_tmpl_id.crm_division_id
            if division:
                amounts.setdefault(division, 0)
                amounts[division] += line.price_subtotal
        return max(amounts, key=amounts.get, default=super()._get_approval_division())

    def _get_approval_name(self):
        return f"{self.name} {self.partner_id.display_name or ''}".strip()

    def _get_approval_summary(self):
        lines = [
            "{} {} x {} @ {}{}".format(
                line.product_id.display_name or line.name,
                f"{line.product_uom_qty:g}",
                line.product_uom_id.name or "",
                self.currency_id.format(line.price_unit),
                f" -{line.discount:g} %" if line.discount else "",
            )
            for line in self.order_line
            if not line.display_type
        ]
        if self.payment_term_id:
            lines.append(self.payment_term_id.display_name)
        return "\n".join(lines)

    def _is_approval_open(self):
        return self.state in ("draft", "sent", "cancel")

    def _is_approval_settled(self):
        return self.state == "sale" and not self.sales_history_key

    # --- WHERE IT GOES ON

    @api.model_create_multi
    def create(self, vals_list):
        with self._watch_new():
            orders = super().create(vals_list)
        if self._is_approval_used():
            orders._check_created_approved()
        return orders

    def _check_created_approved(self):
        """An order that comes confirmed skips no approval; loaded history does."""
        for order in self.sudo():  # style: CRM109 rules hold for whoever enters it
            if (
                order._is_approval_settled()
                and order.approval_state != "approved"
                and self.env["crm.approval.rule"]._get_met(order)
            ):
                raise UserError(order._get_unapproved_message())

    def write(self, vals):
        if vals.get("state") == "sale":
            self._check_approved()
        elif vals.get("state") == "sent" and not self._is_paid_for():
            self._check_approved(is_sending=True)
        result = super().write(vals)
        if vals.get("state") == "sale" and self._is_approval_used():
            self._check_created_approved()  # with what came in the same write
        if "user_id" in vals:
            self._add_approval_authors()
        return result

    def _is_paid_for(self):
        """Return whether a payment marks it as sent: the customer has it already."""
        return self.env.su and self.env.context.get("crm_strategy_is_paid")

    def _confirmation_error_message(self):
        """Say what is missing before anything else happens."""
        if message := super()._confirmation_error_message():
            return message
        missing = self._get_unapproved()
        return missing._get_unapproved_message() if missing else False

    def action_quotation_send(self):
        self.filtered(lambda order: order.state == "draft")._check_approved(
            is_sending=True
        )
        return super().action_quotation_send()

    def _action_cancel(self):
        result = super()._action_cancel()
        if self._is_approval_used():
            for order in self.sudo():  # style: CRM109 its request ends with it
                if order.approval_state == "pending":
                    order._end_approval("close", self.env._("Quotation cancelled"))
        return result

    # --- PORTAL: the customer waits as well

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._get_unapproved()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._get_unapproved()

    def _is_waiting_for_approval(self):
        """Return whether the customer has to wait for us."""
        self.ensure_one()
        return self.state in ("draft", "sent") and bool(self._get_unapproved())
