from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.affinity_gap import Gap
from ...tools.next_best_offer import OPEN_STATES

GROUPS = "crm_strategy.group_user,crm_analytics.group_analyst"


class ResPartner(models.Model):
    """What to offer a customer next; a contact has the offers of his company."""

    _inherit = "res.partner"

    crm_offer_count = fields.Integer(
        "Proposals", compute="_compute_crm_offer_count", groups=GROUPS
    )

    crm_affinity_gap = fields.Char(
        "Bought without",
        compute="_compute_crm_affinity_gap",
        search="_search_crm_affinity_gap",
        groups=GROUPS,
        help="Technical field: finds who bought some things but not another.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("commercial_partner_id")
    def _compute_crm_offer_count(self):
        customers = self.commercial_partner_id._origin
        counts = dict(
            self.env["crm.next.best.offer"]._read_group(
                [
                    ("partner_id", "in", customers.ids),
                    ("company_id", "=", self.env.company.id),
                    ("state", "in", list(OPEN_STATES)),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.crm_offer_count = counts.get(customer, 0)

    def _compute_crm_affinity_gap(self):  # style: CRM107 to be searched only
        """Return nothing: it is a question, not a figure."""
        self.crm_affinity_gap = False

    @api.model
    def _search_crm_affinity_gap(self, operator, value):
        """Find the customers of a :class:`Gap` in a company of the reader."""
        if operator != "in":
            return NotImplemented
        rules = self.env["crm.product.affinity"]
        rules.check_access("read")
        domain = Domain.FALSE
        for text in value:
            try:
                gap = Gap.parse(text)
            except ValueError:
                continue
            if gap.company_id in self.env.companies.ids:
                domain |= Domain("id", "in", rules._customers_sql(gap))
        return domain

    def _refresh_offers(self, company):
        """Work out the offers of these customers now; return how many are open."""
        policy = self.env["crm.affinity.policy"]._ensure(company)
        engine = self.env["crm.next.best.offer.engine"].sudo()  # style: CRM109 system
        return engine._refresh(policy, self.commercial_partner_id.ids)

    def action_open_offers(self):
        """Open the offers of the customer."""
        self.ensure_one()
        customer = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_next_best_offer_action"
        )
        action["domain"] = [("partner_id", "=", customer.id)]
        action["context"] = {"search_default_open": 1, "create": False}
        return action
