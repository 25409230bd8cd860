from datetime import timedelta

from odoo import api, fields, models


class CrmDemoStory(models.AbstractModel):
    """Quotations that waited for approval, one of them decided by a deputy."""

    _inherit = "crm.demo.story"

    @api.model
    def _load_approvals(self):
        """Ask and decide as the people of the story do; date it back afterwards."""
        chen = self.env.ref("crm_strategy.res_users_chen")
        marta = self.env.ref("crm_strategy.res_users_marta")
        lin = self.env.ref("crm_strategy.res_users_lin")
        cheap = self._ask_approval(
            "31",
            chen,
            19900,
            self.env._("They compare us with Hongda and order this week."),
        )
        large = self._ask_approval("32", chen)
        own = self._ask_approval("33", marta, 19900)
        self._decide_approval(large, marta, "approve")
        self._decide_approval(
            own,
            lin,
            "return",
            self.env._("At least 20,500 a ton, or payment in 14 days."),
        )
        self._date_back_approval(own, 70, 26)
        self._date_back_approval(large, 30, 21)
        self._date_back_approval(cheap, 50, 0)

    @api.model
    def _ask_approval(self, number, user, price=None, note=False):
        """Let ``user`` ask for a quotation, after he gave in on the price."""
        order = self.env.ref(f"crm_strategy.sale_order_{number}")
        order = order.with_user(user).with_context(tracking_disable=True)
        if price:
            order.order_line.price_unit = price
        order.action_request_approval(note)
        return order

    @api.model
    def _decide_approval(self, order, user, event, reason=False):
        steps = self.env["crm.approval.step"].with_user(user)
        steps = steps.with_context(tracking_disable=True)
        steps.search([("res_id", "=", order.id), ("is_mine", "=", True)])._decide(
            event, reason
        )

    @api.model
    def _date_back_approval(self, order, asked_hours_ago, decided_after):
        """Say that the request is ``asked_hours_ago`` old, and when it was decided."""
        asked = fields.Datetime.now() - timedelta(hours=asked_hours_ago)
        for step in order._get_approval_round():
            vals = {"date_requested": asked}
            if step.date_pending:
                vals["date_pending"] = asked
            if step.date_due:
                vals["date_due"] = asked.date() + timedelta(days=step.rule_id.due_days)
            step.write(vals)
            if step.date_decided:
                decided = asked + timedelta(hours=decided_after)
                step.write(
                    {"date_decided": decided, **step._prepare_time_vals(decided)}
                )
