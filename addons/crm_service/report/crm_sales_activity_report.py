from odoo import fields, models
from odoo.tools import SQL

from ..models.activity.crm_sales_activity import STATES


class CrmSalesActivityReport(models.Model):
    """One row per sales activity: what was done, what came of it, what it cost.

    **Revenue influenced**: an order counts for the activities done with its customer
    within the company's days of influence before it, in equal parts, so that each
    order's revenue counts once. Purchases and revenue are those of ``crm.sale.fact``.
    The **reached rate** is that of activities with an outcome. Money is in the
    currency of the company.
    """

    _name = "crm.sales.activity.report"
    _description = "Activity Analysis"
    _inherit = ["crm.ratio.mixin"]
    _auto = False
    _order = "date_start desc, id desc"
    _rec_name = "activity_id"

    _ratios = {
        "reached_rate": ("reached_count", "outcome_count", 100.0),
        "cost_per_activity": ("done_cost", "done_count", 1.0),
        "conversion_rate": ("conversion_count", "done_count", 100.0),
        "revenue_per_cost": ("revenue", "done_cost", 1.0),
    }

    # What and whose
    activity_id = fields.Many2one("crm.sales.activity", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    kind_id = fields.Many2one("crm.sales.activity.kind", readonly=True)
    medium_id = fields.Many2one("utm.medium", "Channel", readonly=True)
    is_visit = fields.Boolean("Visit", readonly=True)
    direction = fields.Selection(
        lambda self: self._selection_of("direction"), readonly=True
    )
    source = fields.Selection(lambda self: self._selection_of("source"), readonly=True)
    state = fields.Selection(STATES, readonly=True)
    outcome_id = fields.Many2one("crm.sales.activity.outcome", readonly=True)
    tone = fields.Selection(
        lambda self: self._selection_of("tone", "crm.sales.activity.outcome"),
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    date_start = fields.Datetime("Start", readonly=True)

    # Who is the customer
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    segment_id = fields.Many2one(
        "crm.segment",
        "Value Class",
        readonly=True,
        help="The current value, not the one at the time of the activity.",
    )
    lifecycle_state = fields.Selection(
        lambda self: self.env["crm.lifecycle.transition"]._selection_state(),
        readonly=True,
        help="The current value, not the one at the time of the activity.",
    )

    # Figures
    done_count = fields.Integer("Done Activities", readonly=True)
    overdue_count = fields.Integer("Overdue Activities", readonly=True)
    outcome_count = fields.Integer("With Outcome", readonly=True)
    reached_count = fields.Integer("Reached", readonly=True)
    reached_rate = fields.Float(
        "Reached Rate (%)",
        readonly=True,
        aggregator="avg",
        help="The share of the activities with an outcome in which the customer was "
        "reached.",
    )
    duration = fields.Float("Duration (Hours)", readonly=True)
    cost = fields.Monetary("Total Cost", readonly=True)
    done_cost = fields.Monetary("Cost of Done Activities", readonly=True)
    cost_per_activity = fields.Monetary(
        "Cost per Done Activity", readonly=True, aggregator="avg"
    )
    revenue = fields.Monetary(
        "Revenue Influenced",
        readonly=True,
        help="The untaxed revenue of orders confirmed within the days of influence "
        "after the activity; an order counts in equal parts for all of the "
        "customer's activities in these days.",
    )

    conversion_count = fields.Integer(
        "Followed by an Order",
        readonly=True,
        help="Done activities with an order of the customer within the days of "
        "influence after them.",
    )
    conversion_rate = fields.Float(
        "Conversion Rate (%)",
        readonly=True,
        aggregator="avg",
        help="The share of the done activities that were followed by an order.",
    )
    revenue_per_cost = fields.Float(
        "Revenue per Cost",
        readonly=True,
        aggregator="avg",
        help="The revenue influenced by the done activities for each unit of money "
        "that they cost.",
    )

    _depends = {
        "crm.sales.activity": [
            "company_id",
            "cost",
            "date_done",
            "date_end",
            "date_start",
            "direction",
            "duration",
            "is_visit",
            "kind_id",
            "medium_id",
            "outcome_id",
            "partner_id",
            "source",
            "state",
            "team_id",
            "user_id",
        ],
        "crm.sales.activity.outcome": ["is_reached", "tone"],
        "crm.lifecycle.transition": ["company_id", "date_end", "partner_id", "state"],
        "crm.segment.membership": [
            "date_end",
            "is_exclusive",
            "partner_id",
            "segment_id",
            "segmentation_id",
        ],
        "res.partner": ["commercial_partner_id", "country_id"],
        "sale.order": [
            "amount_untaxed",
            "company_id",
            "currency_rate",
            "date_order",
            "partner_id",
            "state",
        ],
    }

    def _selection_of(self, name, model="crm.sales.activity"):
        return self.env[model]._fields[name]._description_selection(self.env)

    # --- SQL

    @property
    def _table_query(self) -> SQL:
        columns = [
            SQL("%s AS %s", expression, SQL.identifier(name))
            for name, expression in self._select().items()
        ]
        return SQL("SELECT %s FROM %s", SQL(", ").join(columns), self._from())

    def _select(self):
        """Return ``{column: expression}``; what nobody asks for is free."""
        own = """id company_id kind_id medium_id is_visit direction source state
                 outcome_id user_id team_id date_start partner_id duration cost"""
        return {
            **{name: SQL.identifier("a", name) for name in own.split()},
            "activity_id": SQL("a.id"),
            "currency_id": SQL("company.currency_id"),
            "tone": SQL("outcome.tone"),
            "country_id": SQL("customer.country_id"),
            "segment_id": self._segment_sql(),
            "lifecycle_state": self._lifecycle_sql(),
            **self._select_figures(),
        }

    def _select_figures(self):
        done = SQL("(a.state = 'done')")
        followed = SQL("(influence.activity_id IS NOT NULL)::int")
        return {
            "done_count": SQL("%s::int", done),
            "overdue_count": SQL(
                "(a.state IN ('planned', 'confirmed') AND a.date_end < %s)::int",
                fields.Datetime.now(),
            ),
            "outcome_count": SQL("(%s AND a.outcome_id IS NOT NULL)::int", done),
            "reached_count": SQL("(%s AND outcome.is_reached IS TRUE)::int", done),
            "reached_rate": SQL(
                "CASE WHEN %s THEN 100.0 * outcome.is_reached::int END", done
            ),
            "done_cost": SQL("CASE WHEN %s THEN a.cost ELSE 0 END", done),
            "cost_per_activity": SQL("CASE WHEN %s THEN a.cost END", done),
            "revenue": SQL("COALESCE(influence.revenue, 0)"),
            "conversion_count": followed,
            "conversion_rate": SQL("CASE WHEN %s THEN 100.0 * %s END", done, followed),
            "revenue_per_cost": SQL(
                "CASE WHEN %s THEN influence.revenue / NULLIF(a.cost, 0) END", done
            ),
        }

    def _from(self) -> SQL:
        """Every join finds one row by a key, so what is not asked for is not joined."""
        return SQL(
            """crm_sales_activity a
          LEFT JOIN res_company company ON company.id = a.company_id
          LEFT JOIN crm_sales_activity_outcome outcome ON outcome.id = a.outcome_id
          LEFT JOIN res_partner customer ON customer.id = a.partner_id
          LEFT JOIN (SELECT activity_id, SUM(revenue) AS revenue
                       FROM (%s) part GROUP BY activity_id) influence
                 ON influence.activity_id = a.id""",
            SQL(" UNION ALL ").join(
                self.env["crm.sales.activity"]._influence_sql(company)
                for company in self.env.companies
            ),
        )

    def _segment_sql(self) -> SQL:
        whens = [
            SQL("WHEN %s THEN (%s)", company.id, company._get_value_scheme_sql())
            for company in self.env.companies
        ]
        return SQL(
            """(SELECT m.segment_id FROM crm_segment_membership m
                 WHERE m.partner_id = a.partner_id
                   AND m.segmentation_id = CASE a.company_id %s END
                   AND m.date_end IS NULL AND m.is_exclusive)""",
            SQL(" ").join(whens),
        )

    def _lifecycle_sql(self) -> SQL:
        return SQL(
            """(SELECT stay.state FROM crm_lifecycle_transition stay
                 WHERE stay.partner_id = a.partner_id
                   AND stay.company_id = a.company_id AND stay.date_end IS NULL)"""
        )

    # --- ACTIONS

    def action_open_activity(self):
        """Open the sales activity."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.sales.activity",
            "res_id": self.activity_id.id,
            "views": [[False, "form"]],
        }
