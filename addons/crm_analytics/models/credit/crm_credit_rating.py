from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCreditRating(models.Model):
    """What a credit agency or a bank said of a customer, entered by hand."""

    _name = "crm.credit.rating"
    _description = "External Rating"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _rec_name = "rating"

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    agency = fields.Char("From", required=True, help="Credit agency, bank or insurer.")
    rating = fields.Char(required=True, help="As the agency writes it.", tracking=True)
    points = fields.Integer(
        required=True,
        tracking=True,
        help="What the rating is worth in the credit score: 0 (worst) to 100.",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    date_end = fields.Date("Valid until", help="It does not count after this day.")
    note = fields.Text()
    active = fields.Boolean(default=True)

    _points_range = models.Constraint(
        "CHECK (points BETWEEN 0 AND 100)", "Points go from 0 to 100."
    )
    _dates_order = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date)",
        "A rating cannot end before its date.",
    )

    @api.constrains("partner_id")
    def _check_partner_id(self):
        for rating in self:
            customer = rating.partner_id
            if customer.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact: enter the rating for %(customer)s.",
                        contact=customer.display_name,
                        customer=customer.commercial_partner_id.display_name,
                    )
                )
