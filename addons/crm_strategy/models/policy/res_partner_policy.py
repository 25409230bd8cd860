from odoo import api, fields, models

from ..res_partner import OUR_USERS

# Field of a contact, the field of the policy that it shows
SHOWN = {
    "crm_service_level_id": "service_level_id",
    "crm_visits_per_year": "visits_per_year",
    "crm_calls_per_year": "calls_per_year",
    "crm_reply_hours": "reply_hours",
    "crm_pricelist_id": "pricelist_id",
    "crm_special_instructions": "special_instructions",
}


class ResPartner(models.Model):
    """How a customer is treated, and who says so."""

    _inherit = "res.partner"

    crm_policy_ids = fields.One2many(
        "crm.customer.policy", "partner_id", string="Own Policies", groups=OUR_USERS
    )
    crm_service_level_id = fields.Many2one(
        "crm.service.level",
        string="Service Level",
        compute="_compute_crm_policy",
        groups=OUR_USERS,
    )
    crm_service_level_source = fields.Char(
        "Service Level From", compute="_compute_crm_policy", groups=OUR_USERS
    )
    crm_visits_per_year = fields.Integer(
        "Visits a Year", compute="_compute_crm_policy", groups=OUR_USERS
    )
    crm_visits_per_year_source = fields.Char(
        "Source of Visits", compute="_compute_crm_policy", groups=OUR_USERS
    )
    crm_calls_per_year = fields.Integer(
        "Calls a Year", compute="_compute_crm_policy", groups=OUR_USERS
    )
    crm_calls_per_year_source = fields.Char(
        "Source of Calls", compute="_compute_crm_policy", groups=OUR_USERS
    )
    crm_reply_hours = fields.Float(
        "Reply Within (Hours)", compute="_compute_crm_policy", groups=OUR_USERS
    )
    crm_reply_hours_source = fields.Char(
        "Source of Reply Time", compute="_compute_crm_policy", groups=OUR_USERS
    )
    crm_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Pricelist by Policy",
        compute="_compute_crm_policy",
        groups=OUR_USERS,
    )
    crm_pricelist_source = fields.Char(
        "Pricelist From", compute="_compute_crm_policy", groups=OUR_USERS
    )
    crm_special_instructions = fields.Text(
        "Special Instructions", compute="_compute_crm_policy", groups=OUR_USERS
    )
    crm_special_instructions_source = fields.Char(
        "Instructions From", compute="_compute_crm_policy", groups=OUR_USERS
    )

    # --- COMPUTE

    @api.depends_context("company", "lang")
    @api.depends("commercial_partner_id", "crm_policy_ids", "segment_membership_ids")
    def _compute_crm_policy(self):
        """Read each source once for all; a contact has the policy of its customer."""
        policies = self.env["crm.customer.policy"]
        found = policies._get_effective_policies(self, names=tuple(SHOWN.values()))
        texts = {}
        for partner in self:
            for shown, name in SHOWN.items():
                value, source = found[partner.id].get(name, (False, None))
                key = source and (source.kind, source.record_id)
                if source and key not in texts:
                    texts[key] = policies._get_source_text(source)
                partner[shown] = value
                partner[f"{shown.removesuffix('_id')}_source"] = texts.get(key)

    # --- BUSINESS

    def _get_special_instructions(self):
        """Return ``{partner id: text}``; no query where nobody gives instructions."""
        policies = self.env["crm.customer.policy"]
        name = "special_instructions"
        if not self or not policies._is_in_use(name):
            return {}
        found = policies._get_effective_policies(self, names=(name,))
        return {
            partner_id: policy[name][0]
            for partner_id, policy in found.items()
            if name in policy
        }

    # --- ACTIONS

    def action_open_crm_policy(self):
        """Open the customer's own policy of this company, a new one if he has none."""
        self.ensure_one()
        customer = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_customer_policy_action"
        )
        policies = self.env["crm.customer.policy"].search(
            [
                ("partner_id", "=", customer.id),
                ("company_id", "=", self.env.company.id),
            ]
        )
        action["domain"] = [("partner_id", "=", customer.id)]
        action["context"] = {"default_partner_id": customer.id}
        if len(policies) <= 1:
            action["views"] = [(False, "form")]
            action["res_id"] = policies.id
        return action
