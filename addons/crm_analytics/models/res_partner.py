from odoo import api, fields, models

GROUPS = "crm_strategy.group_user,crm_analytics.group_analyst"


class ResPartner(models.Model):
    _inherit = "res.partner"

    # analysts read segments as salespeople do
    is_crm_customer = fields.Boolean(groups=GROUPS)
    is_in_own_care = fields.Boolean(groups=GROUPS)
    segment_membership_ids = fields.One2many(groups=GROUPS)
    segment_ids = fields.Many2many(groups=GROUPS)
    segment_count = fields.Integer(groups=GROUPS)
    measure_drill = fields.Char(groups=GROUPS)
    territory_id = fields.Many2one(groups=GROUPS)
    crm_company_size = fields.Selection(groups=GROUPS)
    territory_match_count = fields.Integer(groups=GROUPS)
    target_group_member_ids = fields.One2many(groups=GROUPS)
    lifecycle_stage = fields.Selection(groups=GROUPS)
    lifecycle_date = fields.Datetime(groups=GROUPS)
    lifecycle_explanation = fields.Char(groups=GROUPS)
    lifecycle_transition_id = fields.Many2one(groups=GROUPS)

    scorecard_ids = fields.One2many(
        "crm.customer.scorecard",
        "partner_id",
        string="Scorecards of all companies",
        groups=GROUPS,
    )
    scorecard_id = fields.Many2one(
        "crm.customer.scorecard",
        compute="_compute_scorecard_id",
        search="_search_scorecard_id",
        groups=GROUPS,
        help="Scorecard of the customer in the current company.",
    )
    # with the rights of the reader: no figures of customers whom he may not see
    rfm_code = fields.Char(
        related="scorecard_id.rfm_code", related_sudo=False, groups=GROUPS
    )
    rfm_group_id = fields.Many2one(
        related="scorecard_id.rfm_group_id", related_sudo=False, groups=GROUPS
    )
    crm_currency_id = fields.Many2one(
        related="scorecard_id.currency_id",
        related_sudo=False,
        string="Scorecard currency",
        groups=GROUPS,
    )
    crm_revenue = fields.Monetary(
        related="scorecard_id.revenue",
        related_sudo=False,
        currency_field="crm_currency_id",
        groups=GROUPS,
    )
    crm_order_count = fields.Integer(
        related="scorecard_id.order_count",
        related_sudo=False,
        string="Orders",
        groups=GROUPS,
    )
    crm_last_order_date = fields.Date(
        related="scorecard_id.last_order_date", related_sudo=False, groups=GROUPS
    )

    @api.depends_context("company", "uid")
    @api.depends("scorecard_ids", "commercial_partner_id")
    def _compute_scorecard_id(self):
        """A contact shows the scorecard of the customer it belongs to."""
        cards = (
            self.env["crm.customer.scorecard"]
            .with_context(active_test=False)
            .search(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "=", self.env.company.id),
                ]
            )
        )
        by_customer = {card.partner_id.id: card.id for card in cards}
        for partner in self:
            partner.scorecard_id = by_customer.get(partner.commercial_partner_id.id)

    @api.model
    def _search_scorecard_id(self, operator, value):
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        cards = self.env["crm.customer.scorecard"].with_context(active_test=False)
        own_company = [("company_id", "=", self.env.company.id)]
        if operator == "in":
            ids = [card_id for card_id in value if card_id]
            found = cards._search([("id", "in", ids), *own_company])
            everyone = cards._search(own_company)
            domain = [("commercial_partner_id.scorecard_ids", "in", found)]
            if len(ids) != len(value):
                none = [("commercial_partner_id.scorecard_ids", "not in", everyone)]
                return fields.Domain(domain) | fields.Domain(none) if ids else none
            return domain
        wanted = fields.Domain(value) & fields.Domain(own_company)
        return [("commercial_partner_id.scorecard_ids", "any", wanted)]

    @api.model
    def _get_all_care_groups(self):
        return [*super()._get_all_care_groups(), "crm_analytics.group_analyst"]

    def write(self, vals):
        """Queue the customer that a moved or converted contact leaves."""
        if "parent_id" in vals or "is_company" in vals:
            self.env["crm.scorecard.queue"].sudo()._push(self)  # style: CRM109 system
        return super().write(vals)

    def unlink(self):
        """Queue the customers whose contacts these are."""
        self.env["crm.scorecard.queue"].sudo()._push(self)  # style: CRM109 system
        return super().unlink()

    def action_view_scorecard(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Scorecard"),
            "res_model": "crm.customer.scorecard",
            "res_id": self.scorecard_id.id,
            "views": [[False, "form"]],
        }
