from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSegment(models.Model):
    """Group of customers that the company treats alike."""

    _name = "crm.segment"
    _description = "Segment"
    _inherit = ["mail.thread"]
    _order = "segmentation_id, sequence, id"

    # --- DEFINITION
    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for reports and files.")
    segmentation_id = fields.Many2one(
        "crm.segmentation",
        string="Scheme",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="segmentation_id.company_id", store=True, index="btree_not_null"
    )
    kind = fields.Selection(related="segmentation_id.kind")
    sequence = fields.Integer(
        "Priority",
        default=10,
        help="In a scheme with one segment per customer the first segment wins.",
    )
    color = fields.Integer("Colour")
    active = fields.Boolean(default=True, tracking=True)
    method = fields.Selection(
        [("rule", "By rule"), ("manual", "Hand-picked")],
        required=True,
        default="rule",
        tracking=True,
    )
    domain = fields.Char(
        "Rule",
        default="[]",
        tracking=True,
        help="Customers that meet these conditions are in the segment.",
    )

    # --- MEANING
    description = fields.Text(translate=True)
    value_proposition = fields.Text(
        translate=True, help="What these customers get from us and why they stay."
    )

    # --- FIGURES
    membership_ids = fields.One2many(
        "crm.segment.membership", "segment_id", string="Memberships", copy=False
    )
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")
    rule_warning = fields.Char(compute="_compute_rule_warning")

    _code_uniq = models.UniqueIndex(
        "(segmentation_id, code) WHERE code IS NOT NULL",
        "Another segment of this scheme already has this code. Choose another one.",
    )

    # --- COMPUTE

    @api.depends("name", "segmentation_id.name")
    def _compute_display_name(self):
        """Name the scheme as well, except where the reader is inside it."""
        is_inside = self.env.context.get("crm_strategy_short_segment_name")
        for segment in self:
            if is_inside or not segment.segmentation_id.name:
                segment.display_name = segment.name
            else:
                segment.display_name = (
                    f"{segment.segmentation_id.name} / {segment.name}"
                )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("membership_ids.date_end")
    def _compute_customer_count(self):
        """Count the present customers that the reader may see."""
        counts = dict(
            self.env["crm.segment.membership"]._read_group(
                [
                    ("segment_id", "in", self.ids),
                    ("date_end", "=", False),
                ],
                ["segment_id"],
                ["__count"],
            )
        )
        for segment in self:
            segment.customer_count = counts.get(segment._origin, 0)

    @api.depends("domain", "method", "segmentation_id")
    def _compute_rule_warning(self):
        """Say what the editor of a rule should know before he relies on it."""
        for segment in self:
            segment.rule_warning = (
                segment._get_rule_warning() if segment.method == "rule" else False
            )

    # --- CRUD

    @api.model
    def _search_display_name(self, operator, value):
        """Find a segment by its name, its code or the name of its scheme."""
        if operator not in ("ilike", "like", "=ilike"):
            return super()._search_display_name(operator, value)
        if operator == "ilike" and "/" in (value or ""):
            value = value.rsplit("/", 1)[1].strip()
        return [
            "|",
            "|",
            ("name", operator, value),
            ("code", operator, value),
            ("segmentation_id.name", operator, value),
        ]

    def write(self, vals):
        """Archiving closes the memberships; a segment with history stays in place."""
        if "segmentation_id" in vals:
            moved = self.filtered(
                lambda s: s.segmentation_id.id != vals["segmentation_id"]
            )
            moved._check_no_history(
                self.env._(
                    "A segment that already had customers stays in its scheme. Archive "
                    "it and create a new one in the other scheme."
                )
            )
        result = super().write(vals)
        if vals.get("active") is False:
            self._close_all("segment_archived")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        """Keep segments that had customers: their history would go with them."""
        self._check_no_history(
            self.env._(
                "A segment that already had customers cannot be deleted, since its "
                "history would be lost. Archive it instead: its customers leave, the "
                "history stays."
            )
        )

    def _check_no_history(self, message):
        memberships = self.env["crm.segment.membership"]
        if memberships.sudo().search_count(  # style: CRM109 whole history, yes or no
            [("segment_id", "in", self.ids)], limit=1
        ):
            raise UserError(message)

    def _close_all(self, reason):
        """Let every present customer leave because of ``reason``."""
        segments = self.with_context(active_test=False)
        memberships = self.env["crm.segment.membership"]
        memberships = memberships.sudo()  # style: CRM109 leave for every reader alike
        memberships.search(
            [("segment_id", "in", segments.ids), ("date_end", "=", False)]
        )._close(reason)

    # --- ACTIONS

    def action_open_customers(self):
        """Open the customers that are in these segments now."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.res_partner_action_customer"
        )
        if len(self) == 1:
            action["name"] = self.display_name
        action["domain"] = [
            ("is_crm_customer", "=", True),
            ("segment_ids", "in", self.ids),
        ]
        return action

    def action_open_memberships(self):
        """Open the history of who was in this segment when."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_segment_membership_action"
        )
        action["domain"] = [("segment_id", "=", self.id)]
        return action

    def action_preview(self):
        """Show what a refresh of the scheme would change, without changing it."""
        self.ensure_one()
        return self.segmentation_id.action_preview()

    def action_assign(self):
        """Open the dialogue that puts customers into this segment by hand."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_segment_assign_action"
        )
        action["context"] = {"default_segment_id": self.id}
        return action
