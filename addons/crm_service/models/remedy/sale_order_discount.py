from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The next quotation of a customer who was promised a discount."""

    _inherit = "sale.order"

    crm_discount_ids = fields.Many2many(
        "crm.complaint.remedy",
        string="Promised Discounts",
        compute="_compute_crm_discount_ids",
        groups="crm_strategy.group_user,crm_service.group_agent",
    )

    @api.depends("partner_id", "order_line.crm_discount_remedy_id", "state")
    def _compute_crm_discount_ids(self):
        remedies = self.env["crm.complaint.remedy"]
        open_orders = self.filtered(lambda o: o.state in ("draft", "sent"))
        found = remedies
        if open_orders.partner_id:
            remedies = remedies.sudo()  # style: CRM109 own customer's promise
            found = remedies._find_open_discounts(open_orders)
        for order in self:
            order.crm_discount_ids = found.filtered(
                lambda r, o=order: (
                    o in open_orders
                    and r.partner_id == o.partner_id.commercial_partner_id
                    and r.company_id == o.company_id
                )
            ).with_env(order.env)

    # --- ACTIONS

    def action_use_discounts(self):
        """Put what was promised to the customer on this quotation."""
        self.ensure_one()
        self.check_access("write")
        if not self._use_discounts():
            raise UserError(
                self.env._(
                    "No promised discount can be used on this quotation: the "
                    "discounts are already used or exceed the quotation amount."
                )
            )

    def action_quotation_send(self):
        self._use_discounts()
        return super().action_quotation_send()

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._use_discounts()
        return orders

    def _use_discounts(self):
        """Put open discounts on these quotations; return those that were used."""
        orders = self.sudo()  # style: CRM109 promised to the customer, not to a user
        orders = orders.filtered(
            lambda o: (
                o.state in ("draft", "sent")
                and o.order_line
                and not o.crm_remedy_id
                and not o.sales_history_key
            )
        )
        used = self.env["crm.complaint.remedy"].sudo()  # style: CRM109 as above
        if not orders.partner_id:
            return used
        remedies = used._find_open_discounts(orders)
        for order in orders if remedies else ():
            for remedy in remedies - used:
                if (
                    remedy.partner_id == order.partner_id.commercial_partner_id
                    and remedy.company_id == order.company_id
                    and remedy._use_on(order)
                ):
                    used |= remedy
        return used

    def _get_copiable_order_lines(self):
        """A copy of an order does not copy what was promised once."""
        lines = super()._get_copiable_order_lines()
        return lines.filtered(
            lambda x: not x.sudo().crm_discount_remedy_id  # style: CRM109 yes or no
        )

    def _drop_used_discounts(self):
        """Take off lines whose discount was used on another order meanwhile."""
        lines = self.sudo().order_line  # style: CRM109 promise of the customer
        lines.filtered(
            lambda x: (
                x.crm_discount_remedy_id
                and x.crm_discount_remedy_id.discount_line_id != x
            )
        ).unlink()
