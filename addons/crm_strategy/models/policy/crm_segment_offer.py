from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSegmentOffer(models.Model):
    """Product or service designed for a segment, from the idea to the offer."""

    _name = "crm.segment.offer"
    _description = "Offer for a Segment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, date_due, id"
    _check_company_auto = True

    name = fields.Char("Product or Service", required=True, translate=True)
    segment_id = fields.Many2one(
        "crm.segment", required=True, ondelete="cascade", index=True, check_company=True
    )
    company_id = fields.Many2one(
        related="segment_id.company_id", store=True, index="btree_not_null"
    )
    need = fields.Text(
        translate=True, help="The need of the segment that this answers."
    )
    description = fields.Html(translate=True)
    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Product",
        check_company=True,
        ondelete="set null",
        help="The product in the catalogue, as soon as there is one.",
    )
    state = fields.Selection(
        [
            ("idea", "Idea"),
            ("design", "In Design"),
            ("offered", "Offered"),
            ("dropped", "Dropped"),
        ],
        required=True,
        default="idea",
        tracking=True,
        group_expand=True,
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer("Colour")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        ondelete="set null",
        domain="[('share', '=', False)]",
        tracking=True,
    )
    date_due = fields.Date("Due", tracking=True)
    active = fields.Boolean(default=True)

    @api.onchange("product_tmpl_id")
    def _onchange_product_tmpl_id(self):
        """Take the name of the product where none has been entered."""
        if self.product_tmpl_id and not self.name:
            self.name = self.product_tmpl_id.name

    @api.constrains("state", "product_tmpl_id")
    def _check_product(self):
        """What is offered can be sold: it is in the catalogue, and active."""
        for offer in self.filtered(lambda o: o.state == "offered"):
            if not offer.product_tmpl_id.active:
                raise ValidationError(
                    self.env._(
                        "%(offer)s is not in the catalogue yet. Choose its product "
                        "first, then mark it as offered.",
                        offer=offer.name,
                    )
                )
