from odoo import api, models

from ...tools import remedy_policy
from ...tools.remedy_states import BINDING


class CrmComplaintRemedy(models.Model):
    """What may be granted, by whom, and why not: policy and budget asked together."""

    _inherit = "crm.complaint.remedy"

    @api.depends(
        "remedy_type",
        "amount",
        "gift_product_id",
        "gift_quantity",
        "state",
        "line_ids.quantity",
        "line_ids.product_id",
        "complaint_id.kind_id",
        "complaint_id.partner_id",
        "complaint_id.line_ids.amount",
    )
    @api.depends_context("uid")
    def _compute_verdict(self):
        self.verdict = self.verdict_note = False
        drafts = self.filtered(lambda r: r.state == "draft" and r.remedy_type)
        for complaint, remedies in drafts.grouped("complaint_id").items():
            notes = self._get_verdict_notes()
            for remedy, (verdict, why) in complaint._judge(remedies).items():
                remedy.verdict = verdict
                remedy.verdict_note = notes.get(why, False)

    def _get_verdict_notes(self):
        """Return what each reason of ``tools/remedy_policy.py`` means to a reader."""
        return {
            "no_rule": self.env._("Not covered by the policy"),
            "not_allowed": self.env._("Not allowed for this complaint by the policy"),
            "over_limit": self.env._("Exceeds the policy limit"),
            "always": self.env._("Approval required by the policy"),
            "role": self.env._(
                "Decision by the head of service required by the policy"
            ),
            "gift": self.env._("Not the gift defined in the policy"),
            "budget": self.env._("Exceeds the remaining budget"),
            "again": self.env._("Already made good on another complaint"),
        }

    def _judge_one(self, rule, amount, role):
        """Return (verdict, why) on one remedy by its line of the policy.

        :param amount: of the complaint, in company currency
        """
        self.ensure_one()
        company = self.company_id or self.complaint_id.company_id
        unit = company.currency_id.rounding
        wanted = self._to_company(self.amount)
        if rule and rule.is_allowed and self.gift_product_id:
            policy = self.env["crm.complaint.policy"].browse(rule.record_id)
            gift = policy.sudo().gift_product_id  # style: CRM109 same for every reader
            if gift != self.gift_product_id:
                return "approval", "gift"
        return remedy_policy.judge(rule, wanted, amount, role, unit / 2)

    def _filter_made_good(self):
        """Return those of one complaint whose pieces were made good on others.

        Within a complaint no piece gets two remedies of a sort; here it is asked of
        what was bought, over all complaints about it. One statement for all.
        """
        own = self.line_ids.filtered("complaint_line_id.sale_line_id")
        if not own:
            return self.browse()
        others = own.sudo().search(  # style: CRM109 holds for whoever decides
            [
                (
                    "complaint_line_id.sale_line_id",
                    "in",
                    own.complaint_line_id.sale_line_id.ids,
                ),
                ("remedy_id.state", "in", BINDING),
                ("remedy_id.complaint_id", "not in", self.complaint_id.ids),
            ]
        )
        return own.filtered(lambda line: line._is_made_good(others)).remedy_id & self

    # --- COST AS FAR AS IT IS KNOWN

    def _estimate_cost(self):
        """Return what it would cost us if it were granted now."""
        self.ensure_one()
        company = self.company_id or self.complaint_id.company_id
        cost = 0.0
        if self.remedy_type == "replacement":
            cost = sum(
                line.uom_id._compute_quantity(
                    line.quantity, line.product_id.uom_id, round=False
                )
                * line.product_id.with_company(company).standard_price
                for line in self.sudo().line_ids  # style: CRM109 costs decide alike
                if line.product_id
            )
        elif self.remedy_type in ("refund", "discount", "coupon", "repair"):
            cost = self._to_company(self.amount)
        if self.gift_product_id:
            gift = self.gift_product_id.with_company(company)
            gift = gift.sudo()  # style: CRM109 costs decide for all alike
            cost += self.gift_quantity * gift.standard_price
        return company.currency_id.round(cost)
