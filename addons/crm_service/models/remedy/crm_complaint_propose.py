from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ...tools import remedy_policy
from ...tools.remedy_states import shares_pieces
from .crm_complaint_remedy_line import LIVE


class CrmComplaint(models.Model):
    """Draw up what the customer wishes, for the pieces that are still free."""

    _inherit = "crm.complaint"

    # --- ACTIONS

    def action_propose(self):
        """Propose what the customer wishes, for all that is not made good yet."""
        self.check_access("write")
        types = dict(self.env["crm.complaint.remedy"]._get_types())
        for complaint in self:
            wish = complaint.wish if complaint.wish in types else "apology"
            vals = complaint._prepare_remedy_vals(wish)
            if "line_ids" in vals:
                vals["line_ids"] = complaint._prepare_free_lines(wish)
            remedy = self.env["crm.complaint.remedy"].create(vals)
            if remedy_policy.PROMISES[wish] == "money":
                remedy.amount = complaint._get_most(wish)

    # --- VALUES

    def _prepare_remedy_vals(self, remedy_type):
        vals = {"complaint_id": self.id, "remedy_type": remedy_type}
        if remedy_policy.PROMISES[remedy_type] in ("goods", "pickup"):
            remedies = self.env["crm.complaint.remedy"]
            vals["line_ids"] = [
                fields.Command.create(remedies._prepare_line_vals(line))
                for line in self.line_ids
            ]
        return vals

    def _prepare_free_lines(self, remedy_type):
        """Return the commands of the lines for what no such remedy covers yet."""
        remedies = self.env["crm.complaint.remedy"]
        free = self._get_free_quantities(remedy_type)
        if self.line_ids and not free:
            raise UserError(self._get_covered_message(remedy_type))
        return [
            fields.Command.create(
                {**remedies._prepare_line_vals(line), "quantity": quantity}
            )
            for line, quantity in free.items()
        ]

    def _get_covering(self, remedy_type):
        """Return the remedies whose pieces cannot get ``remedy_type`` as well."""
        return self.remedy_ids.filtered(
            lambda r: (
                r.state in LIVE
                and r.remedy_type
                and shares_pieces(remedy_type, r.remedy_type)
            )
        )

    def _get_free_quantities(self, remedy_type, besides=()):
        """Return {complained line: quantity} that no such remedy covers.

        :param besides: remedies that do not count
        """
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        covering = self._get_covering(remedy_type)
        if besides:
            covering -= besides
        free = {}
        for line in self.line_ids:
            taken = covering.line_ids.filtered(
                lambda x, own=line: x.complaint_line_id._origin == own._origin
            )
            rest = line.quantity - sum(taken.mapped("quantity"))
            if float_compare(rest, 0.0, precision_digits=digits) > 0:
                free[line] = rest
        return free

    def _get_covered_message(self, remedy_type):
        """Say why nothing is left to propose, and which way leads on."""
        covering = self._get_covering(remedy_type)
        shipped = covering.filtered(
            lambda r: r.state == "done" and r.remedy_type == "replacement"
        )
        drafts = covering.filtered(lambda r: r.state == "draft")
        if drafts:
            return self.env._(
                "%(remedy)s is already proposed for all products. Change or drop it, "
                "or add another remedy.",
                remedy=drafts[0].display_name,
            )
        if shipped:
            return self.env._(
                "%(remedy)s was shipped for all products. If it never arrived, ask "
                "the head of service to press “Lost on the Way” in its row below, "
                "then propose it again. If it arrived and the customer is still not "
                "satisfied, add another remedy, such as a discount or a return pickup.",
                remedy=shipped[0].display_name,
            )
        return self.env._(
            "%(remedy)s was granted for all products. Add another remedy, such as a "
            "discount, or withdraw the decision if it is not carried out yet.",
            remedy=covering[:1].display_name,
        )

    def _get_most(self, remedy_type):
        """Return the most that the policy gives, in the complaint's currency."""
        rule = self._get_rules().get(remedy_type)
        total = self.sudo().amount_company  # style: CRM109 decides for all alike
        most = remedy_policy.most(rule, total) if rule and rule.is_allowed else None
        if most is None:
            return self.amount
        return self.company_currency_id._convert(
            most, self.currency_id, self.company_id, fields.Date.context_today(self)
        )
