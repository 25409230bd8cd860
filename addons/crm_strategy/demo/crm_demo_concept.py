from datetime import timedelta

from odoo import api, models

STEP = 100_000


class CrmDemoStory(models.AbstractModel):
    """Alerts and decisions of the story: their figures come from its orders."""

    _inherit = "crm.demo.story"

    @api.model
    def _get_last_values(self, measure, count):
        """Return the last kept values of periods that are over, oldest first."""
        company = self.env.ref("base.main_company")
        values = self.env["crm.measure.value"].search(
            [
                ("measure_id", "=", measure.id),
                ("company_id", "=", company.id),
                ("is_final", "=", True),
            ],
            order="date_from desc",
            limit=count,
        )
        return values[::-1]

    @api.model
    def _watch_revenue(self, rule):
        """Set the plan so that the story has alerts, whatever day it is told on.

        Of the last three months two at least lie below it. The oldest alert was
        worked on and closed; the newest waits for Lin.
        """
        figures = sorted(self._get_last_values(rule.measure_id, 3).mapped("value"))
        if len(figures) < 3:
            return
        rule.threshold = (figures[1] // STEP + 1) * STEP
        rule._watch()
        oldest = rule.alert_ids.sorted("date_from")[:1]
        oldest.action_start()
        self.env["crm.alert.action"].create(
            {
                "alert_id": oldest.id,
                "name": self.env._("Call Northern Foil and offer slab from stock"),
                "kind": "contact",
                "user_id": self.env.ref("crm_strategy.res_users_chen").id,
                "date_due": self._get_day(6),
                "date_done": self._get_day(5),
                "effect": self.env._("Trial order of 200 t promised"),
            }
        )
        oldest.write(
            {
                "cause_id": self.env.ref("crm_strategy.crm_alert_cause_supply").id,
                "cause_note": self.env._(
                    "Northern Foil stopped ordering when slab came three weeks late."
                ),
                "result": self.env._(
                    "Slab for two weeks is kept in stock; Northern Foil tries again."
                ),
            }
        )
        oldest.action_close()

    @api.model
    def _watch_last_month(self, rules):
        """Set each plan a tenth above what the last month brought."""
        for rule in rules:
            for last in self._get_last_values(rule.measure_id, 1):
                rule.threshold = max(round(last.value * 1.1), last.value + 1)
                rule._watch()

    @api.model
    def _decide_as_if(self, decision, months_ago, vals):
        """Take a decision at a month's end, with the figures of that day.

        :param vals: result and effect, if it has been reviewed since
        """
        day = self._get_month_end(months_ago) + timedelta(days=2)
        measure = self.env.ref("crm_strategy.crm_measure_customers")
        values = self._get_last_values(measure, months_ago + 1)
        if not values:
            return
        before, after = values[0].value, values[-1].value
        check = values[-1].date_to
        decision.date = day
        decision.line_ids = [
            (
                0,
                0,
                {
                    "measure_id": measure.id,
                    "value_expected": round((before + after) / 2),
                    "date_check": check,
                },
            )
        ]
        decision.action_decide()
        decision.action_update_figures()
        if vals:
            decision.write(vals)
            decision.action_review()
