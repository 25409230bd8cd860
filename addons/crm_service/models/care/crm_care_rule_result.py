from odoo import api, fields, models
from odoo.tools import SQL

MANAGERS = "crm_strategy.group_manager,crm_service.group_manager"


class CrmCareRule(models.Model):
    """What came of the touches that a rule has planned.

    ========  ===============================================================
    figure    counts touches of the rule that
    ========  ===============================================================
    planned   were made, whatever became of them
    done      took place
    reached   are done with an outcome that says that the customer was reached
    bought    are done, and the customer bought within the days of the rule
    ========  ===============================================================
    """

    _inherit = "crm.care.rule"

    planned_count = fields.Integer(
        "Activities", compute="_compute_results", groups=MANAGERS
    )
    done_count = fields.Integer("Done", compute="_compute_results", groups=MANAGERS)
    reached_count = fields.Integer(
        "Reached", compute="_compute_results", groups=MANAGERS
    )
    bought_count = fields.Integer(
        "Followed by a Purchase", compute="_compute_results", groups=MANAGERS
    )
    bought_rate = fields.Float(
        "Purchase Rate",
        compute="_compute_results",
        groups=MANAGERS,
        help="Share of the activities done that were followed by a purchase, as a "
        "fraction.",
    )

    @api.depends("result_days")
    def _compute_results(self):
        """One statement per company, for all rules and customers."""
        rows = {}
        for company, rules in self._origin.grouped("company_id").items():
            rows |= rules._fetch_results(company)
        for rule in self:
            row = rows.get(rule._origin.id, {})
            rule.planned_count = row.get("planned", 0)
            rule.done_count = row.get("done", 0)
            rule.reached_count = row.get("reached", 0)
            rule.bought_count = row.get("bought", 0)
            rule.bought_rate = row["bought"] / row["done"] if row.get("done") else 0.0

    def _fetch_results(self, company):
        """Return ``{rule id: figures}`` of rules of ``company``."""
        self.env.flush_all()
        facts = self.env["crm.sale.fact"]
        done = SQL(
            """SELECT partner_id FROM crm_sales_activity
                WHERE care_rule_id = ANY(%s) AND state = 'done'""",
            self.ids,
        )
        rows = self.env.execute_query_dict(
            SQL(
                """WITH purchase AS MATERIALIZED (%(orders)s)
                   SELECT a.care_rule_id AS id, COUNT(*) AS planned,
                          COUNT(*) FILTER (WHERE a.state = 'done') AS done,
                          COUNT(*) FILTER (WHERE a.state = 'done' AND o.is_reached)
                              AS reached,
                          COUNT(*) FILTER (WHERE a.state = 'done' AND EXISTS (
                              SELECT FROM purchase
                               WHERE purchase.customer_id = a.partner_id
                                 AND purchase.date_order > t.moment
                                 AND purchase.date_order <= t.moment
                                     + r.result_days * INTERVAL '1 day')) AS bought
                     FROM crm_sales_activity a
                     JOIN crm_care_rule r ON r.id = a.care_rule_id
               CROSS JOIN LATERAL (
                          SELECT LEAST(a.date_start, a.date_done) AS moment) t
                LEFT JOIN crm_sales_activity_outcome o ON o.id = a.outcome_id
                    WHERE a.care_rule_id = ANY(%(rules)s)
                 GROUP BY a.care_rule_id""",
                orders=facts._orders_sql(company, customers=done),
                rules=self.ids,
            )
        )
        return {row["id"]: row for row in rows}
