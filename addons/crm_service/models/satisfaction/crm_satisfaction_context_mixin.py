from odoo import fields, models


class CrmSatisfactionContextMixin(models.AbstractModel):
    """Who is asked and about what: the same for a request and for its answer."""

    _name = "crm.satisfaction.context.mixin"
    _description = "Context of a Satisfaction Answer"

    survey_id = fields.Many2one(
        "survey.survey",
        "Questionnaire",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )

    # Who
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, index="btree_not_null"
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", readonly=True, index="btree_not_null"
    )
    service_team_id = fields.Many2one(
        "crm.service.team", readonly=True, index="btree_not_null"
    )

    # About what
    complaint_id = fields.Many2one(
        "crm.complaint", readonly=True, index="btree_not_null", ondelete="set null"
    )
    picking_id = fields.Many2one(
        "stock.picking",
        "Delivery",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", ondelete="set null"
    )
