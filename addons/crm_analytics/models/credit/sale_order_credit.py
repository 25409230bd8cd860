from odoo import api, models


class SaleOrder(models.Model):
    """Who sells to a customer of grade E learns it where the host warns of limits."""

    _inherit = "sale.order"

    @api.depends("company_id", "partner_id", "amount_total")
    def _compute_partner_credit_warning(self):
        """Warn of grade E where the host does not warn of the limit already."""
        result = super()._compute_partner_credit_warning()
        silent = self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order.partner_id
                and not order.partner_credit_warning
            )
        )
        if not silent:
            return result
        risky = silent._find_risky()
        for order in silent:
            customer = order.partner_id.commercial_partner_id
            if (order.company_id.id, customer.id) in risky:
                order.partner_credit_warning = self.env._(
                    "%(customer)s has risk grade E, the riskiest: ask for payment in "
                    "advance, or ask accounting.",
                    customer=customer.name,
                )
        return result

    def _find_risky(self):
        """Return ``(company id, customer id)`` of the customers of grade E."""
        assessments = self.env["crm.credit.assessment"].sudo()  # style: CRM109 warning
        found = assessments._read_group(
            [
                ("company_id", "in", self.company_id.ids),
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                ("state", "=", "in_force"),
                ("risk_grade", "=", "E"),
            ],
            ["company_id", "partner_id"],
        )
        return {(company.id, partner.id) for company, partner in found}
