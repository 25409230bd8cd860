from odoo import fields, models
from odoo.tools import SQL

MEDIAN = "median"


class CrmLifecycleReport(models.Model):
    """Conversion between lifecycle states: what became of each stay, and how soon.

    One row per stay, counted in the period in which it began. A stay that goes on has
    not moved yet, so the rates of recent periods still grow.
    """

    _name = "crm.lifecycle.report"
    _description = "Lifecycle Conversion"
    _inherit = ["crm.segment.dimension.mixin"]
    _auto = False
    _rec_name = "partner_id"
    _order = "date_start desc, id desc"
    _depends = {
        "crm.lifecycle.transition": [
            "partner_id",
            "company_id",
            "state",
            "previous_state",
            "next_state",
            "date_start",
            "date_end",
            "method",
            "end_reason",
        ],
        "res.partner": ["user_id", "country_id", "industry_id"],
    }

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["crm.lifecycle.transition"]._selection_state(),
        readonly=True,
    )
    next_state = fields.Selection(
        selection=lambda self: self.env["crm.lifecycle.transition"]._selection_state(),
        string="Moved To",
        readonly=True,
        help="Empty: the customer is still there, or no longer a customer.",
    )
    previous_state = fields.Selection(
        selection=lambda self: self.env["crm.lifecycle.transition"]._selection_state(),
        string="Came from",
        readonly=True,
    )
    method = fields.Selection(
        [
            ("rule", "By rule"),
            ("manual", "By hand"),
            ("reconstructed", "Worked out afterwards"),
        ],
        "How",
        readonly=True,
    )
    date_start = fields.Datetime("Since", readonly=True)
    date_end = fields.Datetime("Until", readonly=True)
    is_open = fields.Boolean("Still There", readonly=True)
    stay_count = fields.Integer("Stays", readonly=True, aggregator="sum")
    days = fields.Float(
        "Days until the Move (Mean)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Days from the beginning of the stay to the next state; stays that go on "
        "have none yet.",
    )
    days_median = fields.Float(
        "Days until the Move (Median)",
        digits=(16, 1),
        readonly=True,
        aggregator=MEDIAN,
    )
    forward_rate = fields.Float(
        "Share Moved Forward",
        readonly=True,
        aggregator="avg",
        help="Share of the stays in a state that ended with a move nearer to loyalty: "
        "the conversion rate. A lapsed customer who buys again was won back.",
    )
    back_rate = fields.Float(
        "Share Moved Back",
        readonly=True,
        aggregator="avg",
        help="Share of the stays in a state that ended with a move away from loyalty.",
    )

    # --- QUERY

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s", self._select(), self._from())

    def _select(self) -> SQL:
        return SQL(
            """SELECT t.id, t.partner_id, t.company_id, t.state, t.previous_state,
                      t.method, t.date_start, t.date_end, t.date_end IS NULL AS is_open,
                      t.next_state, 1 AS stay_count,
                      p.user_id, p.country_id, p.industry_id,
                      CASE WHEN t.next_state IS NOT NULL THEN %(days)s END AS days,
                      CASE WHEN t.next_state IS NOT NULL THEN %(days)s END
                          AS days_median,
                      (COALESCE(%(next)s > %(rank)s, FALSE))::int::float8
                          AS forward_rate,
                      (COALESCE(%(next)s < %(rank)s, FALSE))::int::float8
                          AS back_rate""",
            days=SQL("EXTRACT(EPOCH FROM t.date_end - t.date_start)::float8 / 86400"),
            rank=self._rank_sql(SQL("t.state")),
            next=self._rank_sql(SQL("t.next_state")),
        )

    def _rank_sql(self, state) -> SQL:
        """Return how near to loyalty a state is; see ``is_forward`` in the tools."""
        return SQL(
            """CASE %s WHEN 'prospect' THEN 0.0 WHEN 'interested' THEN 1.0
                    WHEN 'lapsed' THEN 1.5 WHEN 'buying' THEN 2.0
                    WHEN 'loyal' THEN 3.0 END""",
            state,
        )

    def _from(self) -> SQL:
        return SQL(
            """FROM crm_lifecycle_transition t
               JOIN res_partner p ON p.id = t.partner_id"""
        )

    def _read_group_select(self, aggregate_spec, query):
        """Know the median, too, which the host has not."""
        name, _separator, function = aggregate_spec.partition(":")
        if function != MEDIAN:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %s)",
            self._field_to_sql(self._table, name, query),
        )

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [[False, "form"]],
        }
