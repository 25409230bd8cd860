from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [
    ("delivered", "Delivered"),
    ("installed", "Installed"),
    ("in_use", "In Use"),
    ("check", "Check"),
    ("warranty_end", "End of Warranty"),
    ("repurchase", "Repurchase Proposal"),
]
UNITS = [
    ("day", "Days"),
    ("week", "Weeks"),
    ("month", "Months"),
    ("year", "Years"),
]
BASES = [
    ("delivery", "After the Delivery"),
    ("previous", "After the Previous Milestone"),
]
RESPONSIBLES = [
    ("salesperson", "Salesperson"),
    ("service", "Customer Service"),
    ("technician", "Technician"),
]


class CrmAfterSaleTemplateMilestone(models.Model):
    """One step after the sale: what it is, how long after, and who does it."""

    _name = "crm.after.sale.template.milestone"
    _description = "After-Sale Template Milestone"
    _order = "template_id, sequence, id"
    _check_company_auto = True

    template_id = fields.Many2one(
        "crm.after.sale.template",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="template_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        KINDS,
        required=True,
        default="check",
        help="“Delivered” is marked as done by the last delivery, “End of Warranty” "
        "when its day has come. All other milestones are marked as done by the person "
        "responsible.",
    )

    # When
    offset_number = fields.Integer("Interval", default=0)
    offset_unit = fields.Selection(UNITS, "Unit", required=True, default="day")
    offset_from = fields.Selection(
        BASES, "Counted From", required=True, default="delivery"
    )
    notice_days = fields.Integer(
        "Notice (Days)",
        default=0,
        help="The milestone is due this number of days before its date, so that "
        "there is time to prepare it.",
    )

    # Who
    responsible = fields.Selection(RESPONSIBLES, required=True, default="salesperson")
    user_id = fields.Many2one(
        "res.users",
        "Person",
        ondelete="set null",
        index="btree_not_null",
        domain=[("share", "=", False)],
        help="The person responsible for the milestone. If Customer Service is "
        "responsible and this is empty, the leader of the service team takes over. If "
        "nobody is found, the salesperson of the order is responsible.",
    )
    activity_kind_id = fields.Many2one(
        "crm.sales.activity.kind",
        "Sales Activity",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="A sales activity of this kind is planned when the milestone is due. "
        "Without a kind, the person responsible gets a to-do.",
    )
    script = fields.Text(
        translate=True, help="What to do, ask or say, shown to the person responsible."
    )

    _offset_positive = models.Constraint(
        "CHECK(offset_number >= 0 AND notice_days >= 0)",
        "The interval and the notice of a milestone cannot be negative.",
    )

    @api.constrains("responsible", "user_id")
    def _check_technician(self):
        for milestone in self:
            if milestone.responsible == "technician" and not milestone.user_id:
                raise ValidationError(
                    self.env._(
                        "Choose the technician of “%(name)s”.", name=milestone.name
                    )
                )

    @api.onchange("responsible")
    def _onchange_responsible(self):
        if self.responsible == "salesperson":
            self.user_id = False
