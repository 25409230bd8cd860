from odoo import fields, models


class CrmSalesActivityKind(models.Model):
    """A kind of touch: its channel, how long it takes, what it costs.

    It also says what must be put on record before a touch of the kind counts as
    done, and which activities of the host become touches of it.
    """

    _name = "crm.sales.activity.kind"
    _description = "Kind of Sales Activity"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="A short name for imports and reports, the same in every language.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty to use it in all companies.",
    )
    icon = fields.Char(
        default="fa-comment-o", help="Name of a Font Awesome icon, e.g. fa-phone."
    )
    color = fields.Integer("Color Index")
    description = fields.Text(translate=True)

    # How the customer is reached, and what it takes
    medium_id = fields.Many2one(
        "utm.medium", "Channel", index="btree_not_null", ondelete="restrict"
    )
    is_visit = fields.Boolean(
        "Visit",
        help="Activities of this kind count as visits: they are part of "
        "visit plans and of visit coverage.",
    )
    is_in_calendar = fields.Boolean(
        "In the Calendar",
        help="Planned activities of this kind are shown in the calendars of the "
        "people on our side. No invitation is sent to the customer.",
    )
    duration = fields.Float("Duration (Hours)", default=0.5, aggregator="avg")
    cost = fields.Monetary(
        "Cost per Activity",
        help="The average cost of an activity of this kind. It is the default for new "
        "activities.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.currency_id,
    )
    activity_type_ids = fields.Many2many(
        "mail.activity.type",
        "crm_sales_activity_kind_type_rel",
        "kind_id",
        "type_id",
        "Activity Types",
        help="A scheduled activity of one of these types becomes a sales activity "
        "of this kind once it is marked as done.",
    )

    # What must be on record before it counts as done
    needs_outcome = fields.Boolean("Outcome Required")
    needs_contact = fields.Boolean("Contact Required")
    needs_findings = fields.Boolean("Findings Required")
    needs_next_step = fields.Boolean("Next Step Required")

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "Another kind has this code already. Choose another code.",
    )
    _amounts = models.Constraint(
        "CHECK(duration >= 0 AND cost >= 0)",
        "The duration and the cost of a kind cannot be negative.",
    )

    def _get_required_parts(self):
        """Return what a touch of this kind must tell, as names of its fields."""
        self.ensure_one()
        return [
            name
            for name, is_needed in (
                ("outcome_id", self.needs_outcome),
                ("contact_ids", self.needs_contact),
                ("findings", self.needs_findings),
                ("next_step", self.needs_next_step),
            )
            if is_needed
        ]
