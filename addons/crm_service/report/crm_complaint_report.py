from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.complaint.crm_complaint import PROMISE_STATES
from ..models.complaint.crm_complaint_kind import TYPES

JUDGED = ("kept", "broken", "late")
PROMISES = ("reply", "decision", "resolution")


class CrmComplaintReport(models.Model):
    """One row per product complained of; a complaint without products has one row.

    Money is in the currency of the company. What a complaint cost falls to its rows
    by their value, in equal parts where they have none, so sums over rows are sums
    over complaints. Means (hours, promises, satisfaction) count each complaint once,
    however many rows it has: a row weighs one by the rows of its complaint.

    Hours are those that the customer lived through, day and night; whether a promise
    was kept is judged in working hours, see ``crm_complaint_clock.py``.
    """

    _name = "crm.complaint.report"
    _description = "Complaint Analysis"
    _inherit = ["crm.ratio.mixin", "crm.complaint.part.mixin"]
    _auto = False
    _order = "date_received desc, id desc"
    _rec_name = "complaint_id"

    _means = {
        "hours_reply": "weight",
        "hours_decision": "weight",
        "hours_resolution": "weight",
        "promise_rate": "promise_weight",
        "reopen_rate": "weight",
        "satisfaction": "weight",
    }

    # What and whose
    complaint_id = fields.Many2one(
        "crm.complaint", readonly=True, aggregator="count_distinct"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    type = fields.Selection(TYPES, readonly=True)
    kind_id = fields.Many2one("crm.complaint.kind", readonly=True)
    cause_id = fields.Many2one("crm.complaint.cause", readonly=True)
    department = fields.Selection(
        lambda self: self._selection_of("department", "crm.complaint.cause"),
        "Responsible Department",
        readonly=True,
    )
    channel = fields.Selection(
        lambda self: self._selection_of("channel"), "Received Via", readonly=True
    )
    team_id = fields.Many2one("crm.service.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    state = fields.Selection(lambda self: self._selection_of("state"), readonly=True)
    is_open = fields.Boolean("Open", readonly=True)
    result = fields.Selection(lambda self: self._selection_of("result"), readonly=True)
    date_received = fields.Datetime("Received On", readonly=True)
    date_replied = fields.Datetime("First Reply On", readonly=True)
    date_told = fields.Datetime("Customer Informed On", readonly=True)
    date_confirmed = fields.Datetime("Confirmed On", readonly=True)
    date_closed = fields.Datetime("Closed On", readonly=True)
    reply_state = fields.Selection(PROMISE_STATES, "Reply", readonly=True)
    decision_state = fields.Selection(PROMISE_STATES, "Decision", readonly=True)
    resolution_state = fields.Selection(PROMISE_STATES, "Resolution", readonly=True)

    # Who complains
    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    segment_id = fields.Many2one(
        "crm.segment",
        "Value Class",
        readonly=True,
        help="The current value, not the one at the time of the complaint.",
    )
    lifecycle_state = fields.Selection(
        lambda self: self.env["crm.lifecycle.transition"]._selection_state(),
        readonly=True,
        help="The current value, not the one at the time of the complaint.",
    )

    # What it is about
    line_id = fields.Many2one(
        "crm.complaint.line", "Product Line", readonly=True, aggregator=None
    )
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    division_id = fields.Many2one("crm.division", readonly=True)
    lot_id = fields.Many2one("stock.lot", "Lot/Serial Number", readonly=True)
    supplier_id = fields.Many2one("res.partner", readonly=True)

    # Figures
    quantity = fields.Float(
        readonly=True,
        digits="Product Unit",
        help="The quantity complained about, in the unit of measure of the product.",
    )
    amount = fields.Monetary("Value of the Goods", readonly=True)
    remedy_cost = fields.Monetary("Cost of Remedies", readonly=True)
    work_cost = fields.Monetary("Cost of Work", readonly=True)
    cost = fields.Monetary("Total Cost", readonly=True)
    work_hours = fields.Float("Processing Time (Hours)", readonly=True)
    hours_reply = fields.Float("Hours to Reply", readonly=True, aggregator="avg")
    hours_decision = fields.Float("Hours to Decision", readonly=True, aggregator="avg")
    hours_resolution = fields.Float(
        "Hours to Resolution",
        readonly=True,
        aggregator="avg",
        help="The hours until the customer was informed of the result.",
    )
    promise_rate = fields.Float(
        "Promises Kept (%)",
        readonly=True,
        aggregator="avg",
        help="The share of the promised times for reply, decision and resolution "
        "that were kept.",
    )
    reopen_rate = fields.Float("Reopened (%)", readonly=True, aggregator="avg")
    satisfaction = fields.Float(
        "Satisfaction (0-100)",
        readonly=True,
        aggregator="avg",
        help="The average score of the answers about the complaint.",
    )
    weight = fields.Float(
        readonly=True,
        aggregator=None,
        help="Technical field: one complaint, divided by its rows.",
    )
    promise_weight = fields.Float(
        readonly=True,
        aggregator=None,
        help="Technical field: promises, divided by the rows.",
    )

    _depends = {
        "crm.complaint": [
            "amount",
            "amount_company",
            "answer_count",
            "answer_score",
            "cause_id",
            "channel",
            "commercial_partner_id",
            "company_id",
            "cost_remedies",
            "date_closed",
            "date_confirmed",
            "date_decided",
            "date_received",
            "date_replied",
            "date_told",
            "decision_state",
            "is_open",
            "kind_id",
            "line_count",
            "reopen_count",
            "reply_state",
            "resolution_state",
            "result",
            "state",
            "team_id",
            "type",
            "user_id",
            "work_cost",
            "work_hours",
        ],
        "crm.complaint.line": [
            "amount",
            "complaint_id",
            "lot_id",
            "product_id",
            "product_uom_id",
            "quantity",
            "supplier_id",
        ],
        "crm.complaint.cause": ["department"],
        "crm.lifecycle.transition": ["company_id", "date_end", "partner_id", "state"],
        "crm.segment.membership": [
            "date_end",
            "is_exclusive",
            "partner_id",
            "segment_id",
            "segmentation_id",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "crm_division_id", "uom_id"],
        "res.partner": ["country_id"],
        "uom.uom": ["factor"],
    }

    def _selection_of(self, name, model="crm.complaint"):
        return self.env[model]._fields[name]._description_selection(self.env)

    # --- SQL

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Rows of known ids are found by the keys of their tables.

        The id is computed, so no index knows it: without this, whoever reads one more
        field of the rows on the screen reads all complaints.
        """
        query = super()._search(domain, *args, **kwargs)
        asked = Domain(domain)
        if getattr(asked, "field_expr", "") == "id" and asked.operator == "in":
            query.add_where(self._keys_sql(asked.value))
        return query

    def _keys_sql(self, row_ids) -> SQL:
        """Return the condition that a row is of the complaints of ``row_ids``."""
        line_ids = [row_id // 2 for row_id in row_ids if row_id and not row_id % 2]
        complaint_ids = [row_id // 2 for row_id in row_ids if row_id and row_id % 2]
        # an array and no join: the planner orders eight tables at most
        return SQL(
            """%s = ANY(ARRAY(
                   SELECT complaint_id FROM crm_complaint_line
                    WHERE id = ANY(%s) UNION SELECT UNNEST(%s::int[])))""",
            SQL.identifier(self._table, "complaint_id"),
            line_ids,
            complaint_ids,
        )

    @property
    def _table_query(self) -> SQL:
        columns = [
            SQL("%s AS %s", expression, SQL.identifier(name))
            for name, expression in self._select().items()
        ]
        return SQL("SELECT %s FROM %s", SQL(", ").join(columns), self._from())

    def _select(self):
        """Return ``{column: expression}``; what nobody asks for is free."""
        same = {
            "c": """type kind_id cause_id channel team_id user_id state is_open result
                    date_received date_replied date_told date_confirmed date_closed
                    reply_state decision_state resolution_state company_id
                    commercial_partner_id""",
            "l": "product_id lot_id supplier_id",
        }
        columns = {
            name: SQL.identifier(alias, name)
            for alias, names in same.items()
            for name in names.split()
        }
        return {
            "id": SQL("COALESCE(l.id::bigint * 2, c.id::bigint * 2 + 1)"),
            "complaint_id": SQL("c.id"),
            "line_id": SQL("l.id"),
            **columns,
            "currency_id": SQL("company.currency_id"),
            "department": SQL("cause.department"),
            "country_id": SQL("customer.country_id"),
            "segment_id": self._segment_sql(),
            "lifecycle_state": self._lifecycle_sql(),
            "categ_id": SQL("template.categ_id"),
            "division_id": SQL("template.crm_division_id"),
            **self._select_figures(),
        }

    def _select_figures(self):
        share = self._share_sql()
        weight = SQL("(1.0 / GREATEST(c.line_count, 1))::float8")
        judged = self._count_promises_sql(JUDGED)
        return {
            "quantity": SQL("l.quantity * unit.factor / own_unit.factor"),
            "amount": SQL(
                "l.amount * COALESCE(c.amount_company / NULLIF(c.amount, 0), 1)"
            ),
            "remedy_cost": SQL("COALESCE(c.cost_remedies, 0) * %s", share),
            "work_cost": SQL("COALESCE(c.work_cost, 0) * %s", share),
            "cost": SQL(
                "(COALESCE(c.cost_remedies, 0) + COALESCE(c.work_cost, 0)) * %s", share
            ),
            "work_hours": SQL("COALESCE(c.work_hours, 0) * %s::float8", share),
            "hours_reply": self._hours_sql("date_replied"),
            "hours_decision": self._hours_sql("date_decided"),
            "hours_resolution": self._hours_sql("date_told"),
            "promise_rate": SQL(
                "100.0 * %s / NULLIF(%s, 0)::float8",
                self._count_promises_sql(("kept",)),
                judged,
            ),
            "reopen_rate": SQL("100.0 * (COALESCE(c.reopen_count, 0) > 0)::int"),
            "satisfaction": SQL("CASE WHEN c.answer_count > 0 THEN c.answer_score END"),
            "weight": weight,
            "promise_weight": SQL("%s * %s", judged, weight),
        }

    def _share_sql(self) -> SQL:
        """Return the part of its complaint that a row stands for."""
        return SQL(
            """CASE WHEN l.id IS NULL THEN 1
                    WHEN c.amount <> 0 THEN l.amount / c.amount
                    ELSE 1.0 / GREATEST(c.line_count, 1) END"""
        )

    def _hours_sql(self, date_name) -> SQL:
        return SQL(
            "EXTRACT(EPOCH FROM %s - c.date_received)::float8 / 3600",
            SQL.identifier("c", date_name),
        )

    def _count_promises_sql(self, states) -> SQL:
        """Return how many promises of complaint ``c`` are in ``states``."""
        terms = [
            SQL(
                "(COALESCE(%s, '') IN %s)::int",
                SQL.identifier("c", f"{promise}_state"),
                tuple(states),
            )
            for promise in PROMISES
        ]
        return SQL("(%s)", SQL(" + ").join(terms))

    def _from(self) -> SQL:
        """Every join finds one row by a key, so what is not asked for is not joined."""
        return SQL(
            """crm_complaint c
          LEFT JOIN crm_complaint_line l ON l.complaint_id = c.id
          LEFT JOIN res_company company ON company.id = c.company_id
          LEFT JOIN crm_complaint_cause cause ON cause.id = c.cause_id
          LEFT JOIN res_partner customer ON customer.id = c.commercial_partner_id
          LEFT JOIN product_product product ON product.id = l.product_id
          LEFT JOIN product_template template ON template.id = product.product_tmpl_id
          LEFT JOIN uom_uom unit ON unit.id = l.product_uom_id
          LEFT JOIN uom_uom own_unit ON own_unit.id = template.uom_id"""
        )

    def _segment_sql(self) -> SQL:
        return SQL(
            """(SELECT m.segment_id FROM crm_segment_membership m
                 WHERE m.partner_id = c.commercial_partner_id
                   AND m.segmentation_id = %s
                   AND m.date_end IS NULL AND m.is_exclusive)""",
            self._scheme_sql(),
        )

    def _lifecycle_sql(self) -> SQL:
        return SQL(
            """(SELECT stay.state FROM crm_lifecycle_transition stay
                 WHERE stay.partner_id = c.commercial_partner_id
                   AND stay.company_id = c.company_id AND stay.date_end IS NULL)"""
        )

    def _scheme_sql(self) -> SQL:
        """Return the value class scheme of the company of complaint ``c``."""
        companies = self.env.companies
        whens = [
            SQL("WHEN %s THEN (%s)", company.id, company._get_value_scheme_sql())
            for company in companies
        ]
        return SQL("CASE c.company_id %s END", SQL(" ").join(whens))
