from odoo import api, fields, models


class CrmComplaintRemedy(models.Model):
    """A coupon: worth its amount on any later order of the customer."""

    _inherit = "crm.complaint.remedy"

    coupon_ids = fields.One2many(
        "loyalty.card",
        "crm_remedy_id",
        string="Coupons",
        readonly=True,
        groups="sales_team.group_sale_salesman",
    )
    coupon_code = fields.Char(
        compute="_compute_coupon_code", help="The coupon code to give to the customer."
    )

    @api.depends("state")
    def _compute_coupon_code(self):
        for remedy in self:
            cards = remedy.sudo().coupon_ids  # style: CRM109 the code is to be told
            remedy.coupon_code = ", ".join(cards.mapped("code"))

    @api.model
    def _get_types(self):
        return [*super()._get_types(), ("coupon", self.env._("Coupon"))]

    def _make_coupon(self):
        """Make the coupon once, worth the amount in the programme's currency."""
        self.ensure_one()
        if self.coupon_ids:
            return
        programme = self.env.ref("crm_service_loyalty.loyalty_program_complaint")
        points = self.currency_id._convert(
            self.amount,
            programme.currency_id,
            self.company_id,
            self.day_granted or fields.Date.context_today(self),
        )
        card = self.env["loyalty.card"].create(
            {
                "program_id": programme.id,
                "partner_id": self.complaint_id.partner_id.id,
                "points": points,
                "crm_remedy_id": self.id,
            }
        )
        self.complaint_id._message_log(body=self.env._("Coupon %s", card.code))

    def _get_documents(self):
        return [*super()._get_documents(), self.coupon_ids]

    def _get_cost_coupon(self):
        return self.amount_company
