from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.lifecycle import STAGES

OUR_USERS = "crm_strategy.group_user"


class ResPartner(models.Model):
    """Lifecycle of customers; a contact shows that of its commercial entity."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.lifecycle.dimension.mixin"]

    _lifecycle_customer = "commercial_partner_id"
    _lifecycle_company = None

    # Finds the customers written since the last refresh
    _crm_changed_idx = models.Index("(write_date, commercial_partner_id)")

    lifecycle_transition_id = fields.Many2one(
        "crm.lifecycle.transition",
        string="Current Lifecycle Stay",
        compute="_compute_lifecycle_transition_id",
        groups=OUR_USERS,
    )
    lifecycle_stage = fields.Selection(
        selection="_selection_lifecycle_stage",
        compute="_compute_lifecycle_transition_id",
        groups=OUR_USERS,
        help="What we have to do for a customer in this state.",
    )
    lifecycle_date = fields.Datetime(
        "In This State Since",
        compute="_compute_lifecycle_transition_id",
        groups=OUR_USERS,
    )
    lifecycle_explanation = fields.Char(
        "Reason for This State",
        compute="_compute_lifecycle_transition_id",
        groups=OUR_USERS,
    )
    lifecycle_todo_ids = fields.One2many(
        "crm.lifecycle.todo",
        string="Lifecycle Checklist",
        compute="_compute_lifecycle_todo_ids",
        groups=OUR_USERS,
    )

    # --- COMPUTE

    @api.model
    def _selection_lifecycle_stage(self):
        return self.env["crm.lifecycle.transition"]._selection_stage()

    @api.depends("lifecycle_transition_id")
    def _compute_lifecycle_state(self):
        """Read it from the stay that the page shows anyway."""
        for partner in self:
            partner.lifecycle_state = partner.lifecycle_transition_id.state

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("commercial_partner_id")
    def _compute_lifecycle_transition_id(self):
        stays = self.env["crm.lifecycle.transition"].search_fetch(
            self._get_present_stays_domain()
            & Domain("partner_id", "in", self.commercial_partner_id.ids)
            & Domain("company_id", "=", self.env.company.id)
        )
        by_customer = {stay.partner_id: stay for stay in stays}
        for partner in self:
            stay = by_customer.get(partner.commercial_partner_id._origin)
            partner.lifecycle_transition_id = stay
            partner.lifecycle_stage = stay and STAGES.get(stay.state)
            partner.lifecycle_date = stay and stay.date_start
            partner.lifecycle_explanation = stay and stay.explanation

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("lifecycle_transition_id")
    def _compute_lifecycle_todo_ids(self):
        todos = self.env["crm.lifecycle.todo"].search(
            [("transition_id", "in", self.lifecycle_transition_id.ids)]
        )
        by_stay = todos.grouped("transition_id")
        for partner in self:
            partner.lifecycle_todo_ids = by_stay.get(partner.lifecycle_transition_id)

    # --- CRUD

    def write(self, vals):
        """An archived customer's stay ends; a contact's old company is noted."""
        if "parent_id" in vals or "is_company" in vals:
            queue = self.env["crm.lifecycle.queue"].sudo()  # style: CRM109 a note
            queue._push(self.sudo())  # style: CRM109 whose contact it was
        result = super().write(vals)
        if vals.get("active") is False:
            stays = self.env["crm.lifecycle.transition"]
            stays = stays.sudo()  # style: CRM109 whoever may archive him
            stays.search(
                [("partner_id", "in", self.ids), ("date_end", "=", False)]
            )._close("customer_archived")
        return result

    # --- ACTIONS

    def action_open_lifecycle(self):
        """Open the lifecycle of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_lifecycle_transition_action"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {}
        return action

    def action_release_lifecycle(self):
        """Let the rules decide on the customer's state again."""
        return self.lifecycle_transition_id.action_release()
