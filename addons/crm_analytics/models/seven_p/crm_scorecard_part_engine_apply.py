from odoo import api, models
from odoo.tools import SQL

from ...tools import month
from ..scorecard.crm_scorecard_columns import COUNTS, assignments, columns

CHANGED = SQL("SELECT customer_id FROM crm_scorecard_part_changed")
CASTS = {
    "boolean": SQL("bool"),
    "char": SQL("varchar"),
    "date": SQL("date"),
    "datetime": SQL("timestamp"),
    "float": SQL("float8"),
    "integer": SQL("int4"),
    "many2one": SQL("int4"),
    "selection": SQL("varchar"),
    "text": SQL("text"),
}


class CrmScorecardPartEngine(models.AbstractModel):
    """The statements that fill the tables of the parts."""

    _inherit = "crm.scorecard.part.engine"

    # --- STEP 2: PREPARE

    @api.model
    def _get_active_sources(self, only_dated=False):
        """Return the sources that have a method, each key once, the last one given."""
        sources = {s.key: s for s in self.env["crm.scorecard.source"]._get_sources()}
        return [
            source
            for source in sources.values()
            if source.method and (source.is_dated or not only_dated)
        ]

    @api.model
    def _prepare(self, policy, window, customers):
        """Let the sources make the temporary tables that they share."""
        registry = self.env["crm.scorecard.source"]
        active = self._get_active_sources()
        for name in dict.fromkeys(n for source in active for n in source.prepare):
            getattr(registry, name)(policy.company_id, window, customers)

    # --- STEP 3: PARTS

    @api.model
    def _rows_sql(self, company, window, model, sources, customers):
        """Return the statement of a part's rows, and the columns that it gives.

        A column that several sources give is the last one's.
        """
        registry = self.env["crm.scorecard.source"]
        joins, values = [], {}
        own = [source for source in sources if source.part == model._part]
        for place, source in enumerate(own):
            alias = SQL.identifier(f"source_{place}")
            joins.append(
                SQL(
                    "LEFT JOIN (%(rows)s) %(a)s"
                    " ON %(a)s.customer_id = card.customer_id",
                    rows=getattr(registry, source.method)(company, window, customers),
                    a=alias,
                )
            )
            for name in source.columns:
                value = SQL("%s.%s", alias, SQL.identifier(name))
                if name in source.zero:
                    value = SQL("COALESCE(%s, 0)", value)
                values[name] = self._cast_sql(company, model._fields[name], value)
        listed = [
            SQL("%s AS %s", value, SQL.identifier(name))
            for name, value in values.items()
        ]
        rows = SQL(
            "SELECT %s FROM %s %s",
            SQL(", ").join([SQL("card.customer_id"), *listed]),
            self._cards_sql(company, window, customers),
            SQL(" ").join(joins),
        )
        return rows, tuple(values)

    @api.model
    def _cards_sql(self, company, window, customers) -> SQL:
        """Return the relation ``card`` of the cards of these customers, all if None.

        OFFSET 0: they are found first, however many tables are joined to them.
        """
        cards = self.env["crm.scorecard.source"]._cards_sql(company, window)
        if customers is None:
            return SQL("(%s) AS card", cards)
        return SQL(
            "(SELECT * FROM (%s) c WHERE customer_id IN (%s) OFFSET 0) AS card",
            cards,
            customers,
        )

    @api.model
    def _cast_sql(self, company, field, value) -> SQL:
        """Return ``value`` as the column stores it, so that equal ones are equal."""
        if field.type == "monetary":
            digits = company.currency_id.decimal_places
            return SQL("ROUND((%s)::numeric, %s)", value, digits)
        if field.type == "float":
            digits = field.get_digits(self.env)
            rounded = SQL("ROUND((%s)::numeric, %s)", value, digits[1] if digits else 6)
            return rounded if digits else SQL("(%s)::float8", rounded)
        return SQL("(%s)::%s", value, CASTS[field.type])

    # --- APPLY

    @api.model
    def _apply(self, model, company, rows, names, customers, is_comparable):
        """Write the differences to the table of ``model``; return counts.

        :param rows: statement giving customer_id and the columns ``names``
        :param customers: statement giving the ids of the customers, None for all
        :param is_comparable: whether what no known change explains is to be counted
        """
        names = ("company_id", *names)
        rows = SQL("SELECT r.*, %s AS company_id FROM (%s) r", company.id, rows)
        fresh = SQL("crm_scorecard_fresh AS MATERIALIZED (%s),", rows)
        if customers is None:
            # of joined groups the planner expects billions: let it know how many
            self.env["crm.scorecard.engine"]._make_table("crm_scorecard_fresh", rows)
            fresh = SQL()
        corrected = SQL("0")
        if is_comparable:
            corrected = SQL("COUNT(*) FILTER (WHERE customer_id NOT IN (%s))", CHANGED)
        [row] = self.env.execute_query(
            SQL(
                """WITH %(fresh)s different AS MATERIALIZED (%(different)s), %(writes)s
                   SELECT (SELECT COUNT(*) FROM crm_scorecard_fresh),
                          COUNT(*) FILTER (WHERE kind = 1),
                          COUNT(*) FILTER (WHERE kind = 2),
                          COUNT(*) FILTER (WHERE kind = 3),
                          %(corrected)s
                     FROM touched""",
                fresh=fresh,
                different=self._different_sql(model, company, names),
                writes=self._writes_sql(model, company, names, customers),
                corrected=corrected,
            )
        )
        counts = dict(zip(COUNTS, row, strict=True))
        if counts["inserted"] > 1000:  # the planner must know before autovacuum comes
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(model._table)))
        return counts

    @api.model
    def _writes_sql(self, model, company, names, customers) -> SQL:
        """Return the table expressions that write, ending in ``touched``."""
        scope = SQL()
        if customers is not None:
            scope = SQL("AND t.partner_id IN (%s)", customers)
        return SQL(
            """inserted AS (
                   INSERT INTO %(table)s (partner_id, %(names)s)
                   SELECT d.customer_id, %(values)s
                     FROM different d WHERE d.row_id IS NULL
                RETURNING partner_id AS customer_id),
               updated AS (
                   UPDATE %(table)s t SET %(assignments)s
                     FROM different d WHERE d.row_id = t.id
                RETURNING t.partner_id AS customer_id),
               deleted AS (
                   DELETE FROM %(table)s t
                    WHERE t.company_id = %(company)s %(scope)s
                      AND NOT EXISTS (SELECT FROM crm_scorecard_fresh f
                                       WHERE f.customer_id = t.partner_id)
                RETURNING t.partner_id AS customer_id),
               touched AS (SELECT 1 AS kind, * FROM inserted
                           UNION ALL SELECT 2, * FROM updated
                           UNION ALL SELECT 3, * FROM deleted)""",
            table=SQL.identifier(model._table),
            company=company.id,
            names=columns(names),
            values=columns(names, "d"),
            assignments=assignments(names, "d"),
            scope=scope,
        )

    @api.model
    def _different_sql(self, model, company, names) -> SQL:
        """Return the fresh rows that differ from those at hand, or are new."""
        return SQL(
            """SELECT t.id AS row_id, f.*
                 FROM crm_scorecard_fresh f
            LEFT JOIN %s t ON t.partner_id = f.customer_id AND t.company_id = %s
                WHERE t.id IS NULL OR (%s) IS DISTINCT FROM (%s)""",
            SQL.identifier(model._table),
            company.id,
            columns(names, "t"),
            columns(names, "f"),
        )

    @api.model
    def _get_known_month_end(self, policy, as_of):
        """Return the last month end before ``as_of`` that the history has reached."""
        closed = month.last_closed_month_end(as_of)
        return min(closed, policy.history_until or closed)
