from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCareRule(models.Model):
    """On which occasion somebody of ours gets in touch with a customer, and who.

    The occasions of each kind stand in ``crm_care_rule_occasion.py``; what is made
    of them in ``crm_care_rule_plan.py``; what came of it in
    ``crm_care_rule_result.py``.
    """

    _name = "crm.care.rule"
    _description = "Care Rule"
    _inherit = ["crm.contact.rule.mixin", "mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        help="The name is also the subject of the planned sales activities.",
    )

    # Occasion
    kind = fields.Selection(
        [
            ("birthday", "Birthday"),
            ("silence", "Long Silence"),
            ("date", "Date of a Contact"),
            ("warranty", "End of a Warranty"),
        ],
        "Occasion",
        required=True,
        default="birthday",
        tracking=True,
    )
    silence_days = fields.Integer(
        "Days of Silence",
        default=90,
        help="Customers who have had no sales activity, no complaint and no order "
        "for this number of days. New customers count from the day on which they "
        "were entered.",
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        "Date Field",
        domain="[('model', '=', 'res.partner'), ('ttype', '=', 'date'), "
        "('store', '=', True), ('company_dependent', '=', False)]",
        ondelete="cascade",
        index="btree_not_null",
        help="A date that is kept on customers or their contacts, for example the "
        "end of a contract or the day on which a company was founded.",
    )
    is_yearly = fields.Boolean(
        "Every Year",
        help="The day of the date is used every year. Otherwise the date is used once.",
    )
    domain = fields.Char(
        "Customers",
        default="[]",
        required=True,
        help="The rule applies to these customers. Leave it empty for all.",
    )

    # Touch
    kind_id = fields.Many2one(
        "crm.sales.activity.kind",
        "Kind of Activity",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        tracking=True,
    )
    direction = fields.Selection(
        [("before", "Before the Occasion"), ("after", "After the Occasion")],
        "When",
        required=True,
        default="before",
    )
    days = fields.Integer(
        help="Days between the occasion and the planned activity. 0 means on the day "
        "itself."
    )
    notice_days = fields.Integer(
        "Plan Ahead (Days)",
        default=7,
        help="The activity appears in the plan of its owner this number of days in "
        "advance.",
    )
    script = fields.Text(
        translate=True, help="What to say or write; shown on each planned activity."
    )

    # Owner
    owner = fields.Selection(
        [
            ("salesperson", "Salesperson of the Customer"),
            ("agent", "Service Agent"),
            ("user", "Selected Person"),
        ],
        required=True,
        default="salesperson",
        tracking=True,
    )
    service_team_id = fields.Many2one(
        "crm.service.team",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        help="Customers are shared out among its agents; each customer always gets "
        "the same one.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index="btree_not_null",
        tracking=True,
        help="The selected person, who is also the owner if the customer has no "
        "salesperson or the team has no agent. Without a person, these customers get "
        "no activity.",
    )

    # Limits
    cap_days = fields.Integer(
        "Minimum Days between Contacts",
        default=14,
        tracking=True,
        help="Customers with another sales activity from our side (planned or done) "
        "or a questionnaire within this number of days get no activity. All contacts "
        "of a company count together. 0 means no limit.",
    )
    open_limit = fields.Integer(
        "Open Activities per Person",
        default=0,
        help="A person gets no further activities of this rule while they have this "
        "number of open ones. 0 means no limit.",
    )
    result_days = fields.Integer(
        "Purchase within (Days)",
        default=30,
        help="An order confirmed within this number of days after an activity "
        "counts as its result.",
    )

    _days_not_negative = models.Constraint(
        "CHECK(days >= 0 AND notice_days >= 0 AND cap_days >= 0 AND open_limit >= 0)",
        "Days and limits cannot be negative.",
    )
    _days_range = models.Constraint(
        "CHECK(days <= 366 AND notice_days <= 366 AND cap_days <= 366)",
        "The numbers of days cannot be more than 366.",
    )
    _result_days_range = models.Constraint(
        "CHECK(result_days BETWEEN 1 AND 366)",
        "The days within which a purchase counts must be between 1 and 366.",
    )
    _silence_days_range = models.Constraint(
        "CHECK(silence_days BETWEEN 1 AND 3660)",
        "The days of silence must be between 1 and 3660.",
    )

    # --- CHECKS

    @api.onchange("kind")
    def _onchange_kind(self):
        """Propose what suits the kind: nobody can act before a silence is long."""
        if self.kind == "silence":
            self.direction, self.days = "after", 0
            self.open_limit = self.open_limit or 5

    @api.constrains("owner", "service_team_id", "user_id")
    def _check_owner(self):
        for rule in self:
            if rule.owner == "agent" and not rule.service_team_id:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” is carried out by service agents. Choose their "
                        "service team.",
                        rule=rule.name,
                    )
                )
            if rule.owner == "user" and not rule.user_id:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” is carried out by one person. Choose who it is.",
                        rule=rule.name,
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_user_company(self):
        for rule in self:
            person = rule.user_id.sudo()  # style: CRM109 companies of a colleague
            if person and rule.company_id not in person.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(person)s cannot work in %(company)s. Choose somebody who "
                        "can, or add the company to the user.",
                        person=person.name,
                        company=rule.company_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        touches = self.env["crm.sales.activity"]
        touches = touches.sudo()  # style: CRM109 touches that the user cannot see count
        used = touches.search([("care_rule_id", "in", self.ids)], limit=1)
        if used:
            raise ValidationError(
                self.env._(
                    "“%(rule)s” has already planned sales activities and cannot be "
                    "deleted. Archive it instead.",
                    rule=used.care_rule_id.name,
                )
            )

    # --- ACTIONS

    def action_plan(self):
        """Look for occasions now, instead of waiting for the job."""
        self.check_access("write")
        self.lock_for_update()
        self._plan()

    def action_open_activities(self):
        """Open what was planned by this rule."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_sales_activity_action"
        )
        return {**action, "domain": [("care_rule_id", "=", self.id)], "context": {}}
