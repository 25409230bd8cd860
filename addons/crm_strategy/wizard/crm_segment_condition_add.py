from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.rule import join_rules, parse_rule


class CrmSegmentConditionAdd(models.TransientModel):
    """Dialogue that adds a condition of the library to the rule of a segment."""

    _name = "crm.segment.condition.add"
    _description = "Add a Condition"

    segment_id = fields.Many2one("crm.segment", required=True, ondelete="cascade")
    data_class = fields.Selection(
        selection=lambda self: (
            self.env["crm.segment.condition"]
            ._fields["data_class"]
            ._description_selection(self.env)
        ),
        string="Kind of Data",
        default="master",
        required=True,
    )
    condition_id = fields.Many2one(
        "crm.segment.condition",
        required=True,
        ondelete="cascade",
        domain="[('data_class', '=', data_class)]",
    )
    description = fields.Text(related="condition_id.description")
    operator = fields.Selection(
        [("and", "must also hold"), ("or", "is enough by itself")],
        string="This Condition",
        default="and",
        required=True,
    )
    domain = fields.Char("Rule Then", compute="_compute_domain")
    customer_count = fields.Integer("Customers Then", compute="_compute_customer_count")

    @api.depends("segment_id", "condition_id", "operator")
    def _compute_domain(self):
        for wizard in self:
            wizard.domain = str(
                join_rules(
                    self._parse(wizard.segment_id.domain),
                    self._parse(wizard.condition_id.domain),
                    wizard.operator or "and",
                )
            )

    @api.depends("domain")
    def _compute_customer_count(self):
        """Count the customers that the reader may see."""
        for wizard in self:
            wizard.customer_count = wizard._count_customers()

    def _count_customers(self):
        partners = self.env["res.partner"]
        company = self.segment_id.company_id
        return partners.search_count(
            Domain(parse_rule(self.domain))
            & Domain(partners._get_customer_domain(company))
        )

    @api.onchange("data_class")
    def _onchange_data_class(self):
        if self.condition_id.data_class != self.data_class:
            self.condition_id = False

    def action_add(self):
        """Put the condition into the rule; the next refresh moves the customers."""
        self.ensure_one()
        self.segment_id.write({"domain": self.domain, "method": "rule"})
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _parse(self, text):
        try:
            return parse_rule(text)
        except ValueError as e:
            raise UserError(
                self.env._(
                    "This cannot be read as a rule: %s. Correct it with the rule "
                    "editor first.",
                    text,
                )
            ) from e
