from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmVisitTemplate(models.Model):
    """What a visit of a kind is to find out: agenda, checklist, questions.

    The questions are Properties: each template has its own. An answer whose question
    is tied to an observed attribute becomes an observation of the customer.
    """

    _name = "crm.visit.template"
    _description = "Visit Template"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty to use it in all companies.",
    )
    kind_id = fields.Many2one(
        "crm.sales.activity.kind",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain=[("is_visit", "=", True)],
        help="Leave empty to offer it for visits of every kind.",
    )
    division_id = fields.Many2one(
        "crm.division",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="The template is chosen automatically for customers with a role in this "
        "division.",
    )
    purpose = fields.Char(
        translate=True,
        help="Why customers are visited. It is the default for new visits.",
    )
    agenda = fields.Text(
        translate=True, help="What to talk about. It is the default for new visits."
    )
    checklist = fields.Text(
        translate=True, help="What to prepare and to bring. It is shown on the visit."
    )
    definition = fields.PropertiesDefinition("Questions")
    question_names = fields.Char("Questions Asked", compute="_compute_question_names")
    attribute_ids = fields.One2many(
        "crm.visit.template.attribute", "template_id", "Written to Attributes"
    )

    @api.depends("definition")
    def _compute_question_names(self):
        for template in self:
            template.question_names = ", ".join(
                question.get("string") or question["name"]
                for question in template.definition or []
                if question["type"] != "separator"
            )

    def write(self, vals):
        """Keep the ties to attributes true when questions change."""
        result = super().write(vals)
        if "definition" in vals:
            self.attribute_ids._check_question()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep templates whose answers would become unreadable."""
        visits = self.env["crm.sales.activity"].sudo()  # style: CRM109 yes or no
        if visits.search([("template_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "There are visits with this template; their answers would become "
                    "unreadable. Archive the template instead."
                )
            )

    def _get_question(self, name):
        """Return the question that is called ``name``, by its label."""
        self.ensure_one()
        wanted = (name or "").strip().lower()
        for question in self.definition or []:
            label = question.get("string") or question["name"]
            if wanted in (question["name"].lower(), label.strip().lower()):
                return question
        return None

    @api.model
    def _get_templates(self, kind, company, customer_ids):
        """Return ``{customer id: template}``: by kind, and by divisions of customers.

        A template of one of the customer's divisions goes before one of none, one of
        the kind before one of every kind.
        """
        found = self.search(
            [
                ("company_id", "in", [False, company.id]),
                ("kind_id", "in", [False, kind.id]),
            ]
        ).sorted(lambda template: (not template.division_id, not template.kind_id))
        roles = self.env["crm.partner.role.assignment"].sudo()  # style: CRM109 choice
        divisions = {
            partner.id: places
            for partner, places in roles._read_group(
                [
                    ("partner_id", "in", customer_ids),
                    ("is_current", "=", True),
                    ("division_id", "in", found.division_id.ids),
                ],
                ["partner_id"],
                ["division_id:recordset"],
            )
        }
        usual = found.filtered(lambda template: not template.division_id)[:1]
        chosen = dict.fromkeys(customer_ids, usual)
        for customer_id, places in divisions.items():
            chosen[customer_id] = found.filtered(
                lambda t, own=places: not t.division_id or t.division_id in own
            )[:1]
        return chosen
