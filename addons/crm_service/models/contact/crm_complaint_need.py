from odoo import api, fields, models
from odoo.exceptions import UserError

from ..complaint.res_partner_complaint import AGENT_OR_SALES


class CrmComplaint(models.Model):
    """A customer who complains says what he needs: kept as needs of his."""

    _inherit = "crm.complaint"

    need_ids = fields.One2many(
        "crm.need", "complaint_id", string="Needs", groups=AGENT_OR_SALES
    )
    need_count = fields.Integer(
        "Number of Needs", compute="_compute_need_count", groups=AGENT_OR_SALES
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("need_ids")
    def _compute_need_count(self):
        counts = dict(
            self.env["crm.need"]._read_group(
                [("complaint_id", "in", self.ids)], ["complaint_id"], ["__count"]
            )
        )
        for complaint in self:
            complaint.need_count = counts.get(complaint._origin, 0)

    def action_open_needs(self):
        """Open the needs mentioned in this complaint; the first one is entered."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_need_action"
        )
        vals = self._prepare_need_vals()
        return {
            **action,
            "domain": [("complaint_id", "=", self.id)],
            "context": {f"default_{name}": value for name, value in vals.items()},
        }

    def action_record_need(self):
        """Open an empty need of the customer who complains."""
        vals = self._prepare_need_vals()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a Need"),
            "res_model": "crm.need",
            "views": [[False, "form"]],
            "target": "new",
            "context": {f"default_{name}": value for name, value in vals.items()},
        }

    def _prepare_need_vals(self):
        """Return what a need from this complaint begins with."""
        self.ensure_one()
        customer = self.commercial_partner_id
        if not customer:
            raise UserError(
                self.env._(
                    "Choose the customer of “%(name)s” first, then record what they "
                    "need.",
                    name=self.display_name,
                )
            )
        return {
            "partner_id": customer.id,
            "contact_id": self.partner_id != customer and self.partner_id.id,
            "complaint_id": self.id,
            "company_id": self.company_id.id,
            "user_id": (customer.user_id or self.env.user).id,
            "source": "complaint",
        }

    def _record_need(self, name, **vals):
        """Keep what the customer said he needs, in his own words."""
        return self.env["crm.need"].create(
            {**self._prepare_need_vals(), "name": name, **vals}
        )

    # --- MERGE

    def _move_to(self, target):
        """Needs go with the complaint that remains."""
        log = super()._move_to(target)
        needs = self._get_all_needs()
        needs.complaint_id = target
        return {**log, "needs": needs.ids}

    def _bring_back(self, log):
        result = super()._bring_back(log)
        needs = self.merged_into_id._get_all_needs()
        needs.filtered(lambda need: need.id in log.get("needs", ())).complaint_id = self
        return result

    def _get_all_needs(self):
        """Return the needs mentioned in these complaints, whoever may read them."""
        needs = self.env["crm.need"].sudo()  # style: CRM109 all that belong to it
        return needs.search([("complaint_id", "in", self.ids)])
