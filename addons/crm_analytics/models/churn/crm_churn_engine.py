from odoo import api, models
from odoo.tools import SQL


class CrmChurnEngine(models.AbstractModel):
    """Works out the churn tendency as SQL; the formulas stand in ``tools/churn.py``."""

    _name = "crm.churn.engine"
    _description = "Churn Tendency"

    # --- SCORE

    @api.model
    def _scores_sql(self, signs: SQL, factors) -> SQL:
        """Return ``customer_id, score, reason, reason_2`` of the signs.

        :param signs: statement with a column per sign, see :meth:`_signs_sql`
        :param factors: list of :class:`~...tools.churn.Factor`

        ``OFFSET 0`` keeps the planner from writing out each level in the next one: the
        same figures would be worked out again for every place that names them.
        """
        if not factors:
            return SQL(
                """SELECT customer_id, NULL::int AS score, NULL::varchar AS reason,
                          NULL::varchar AS reason_2
                     FROM (%s) s""",
                signs,
            )
        parts = [SQL.identifier(f"part_{factor.code}") for factor in factors]
        total = SQL(" + ").join(SQL("COALESCE(%s, 0)", part) for part in parts)
        return SQL(
            """SELECT customer_id,
                      FLOOR(100 * (%(total)s) / NULLIF(known, 0) + 0.5)::int AS score,
                      reason, %(second)s AS reason_2
                 FROM (SELECT *, %(first)s AS reason
                         FROM (%(pointed)s OFFSET 0) pointed OFFSET 0) first""",
            total=total,
            second=self._largest_sql(factors, SQL("reason")),
            first=self._largest_sql(factors),
            pointed=self._pointed_sql(signs, factors),
        )

    @api.model
    def _exact_scores_sql(self, signs: SQL, factors) -> SQL:
        """Return ``customer_id, score`` not rounded: ranks need every difference."""
        if not factors:
            return SQL("SELECT customer_id, NULL::float8 AS score FROM (%s) s", signs)
        total = SQL(" + ").join(
            SQL("COALESCE(%s, 0)", SQL.identifier(f"part_{factor.code}"))
            for factor in factors
        )
        return SQL(
            """SELECT customer_id, 100 * (%(total)s) / NULLIF(known, 0) AS score
                 FROM (%(pointed)s OFFSET 0) pointed""",
            total=total,
            pointed=self._pointed_sql(signs, factors),
        )

    @api.model
    def _pointed_sql(self, signs: SQL, factors) -> SQL:
        """Return ``customer_id``, a part per sign, and the weight of those known."""
        return SQL(
            "SELECT customer_id, %s, %s AS known FROM (%s OFFSET 0) s",
            SQL(", ").join(map(self._part_sql, factors)),
            SQL(" + ").join(
                SQL(
                    "CASE WHEN %s IS NULL THEN 0 ELSE %s::float8 END",
                    SQL.identifier(factor.code),
                    factor.weight,
                )
                for factor in factors
            ),
            signs,
        )

    @api.model
    def _part_sql(self, factor) -> SQL:
        """Return weight times points of one sign, NULL where it is not known."""
        return SQL(
            """CASE WHEN %(value)s IS NOT NULL THEN %(weight)s::float8 * LEAST(1.0,
                    GREATEST(0.0, (%(value)s - %(zero)s::float8)
                                   / (%(full)s::float8 - %(zero)s::float8))) END
               AS %(name)s""",
            value=SQL.identifier(factor.code),
            weight=factor.weight,
            zero=factor.value_zero,
            full=factor.value_full,
            name=SQL.identifier(f"part_{factor.code}"),
        )

    @api.model
    def _largest_sql(self, factors, but: SQL | None = None) -> SQL:
        """Return the code of the largest part, the first of equal ones.

        :param but: column with a code that does not count
        """
        values = [
            SQL(
                "CASE WHEN %s IS DISTINCT FROM %s THEN %s END",
                but,
                factor.code,
                SQL.identifier(f"part_{factor.code}"),
            )
            if but
            else SQL.identifier(f"part_{factor.code}")
            for factor in factors
        ]
        greatest = SQL("NULLIF(GREATEST(%s), 0)", SQL(", ").join(values))
        cases = [
            SQL("WHEN %s THEN %s", value, factor.code)
            for value, factor in zip(values, factors, strict=True)
        ]
        return SQL("CASE %s %s END::varchar", greatest, SQL(" ").join(cases))

    @api.model
    def _plain_scores_sql(self, signs: SQL, silent_steps, order_steps) -> SQL:
        """Return the same columns by recency and frequency alone.

        :param silent_steps: percentiles of the days since the last purchase
        :param order_steps: percentiles of the purchases
        """
        return SQL(
            """SELECT customer_id,
                      FLOOR(100.0 * (silent + few) / %(all)s + 0.5)::int AS score,
                      CASE WHEN silent + few = 0 THEN NULL
                           WHEN silent >= few THEN 'silence'
                           ELSE 'few_orders' END::varchar AS reason,
                      CASE WHEN LEAST(silent, few) = 0 THEN NULL
                           WHEN silent >= few THEN 'few_orders'
                           ELSE 'silence' END::varchar AS reason_2
                 FROM (SELECT customer_id,
                              WIDTH_BUCKET(silent_days::float8, %(silent)s::float8[])
                                  AS silent,
                              %(count)s - WIDTH_BUCKET(
                                  few_orders::float8, %(orders)s::float8[]) AS few
                         FROM (%(signs)s) s) stepped""",
            all=len(silent_steps) + len(order_steps),
            silent=silent_steps,
            count=len(order_steps),
            orders=order_steps,
            signs=signs,
        )

    @api.model
    def _get_scores_sql(self, company, signs: SQL) -> SQL:
        """Return the scores as the company's last back-test says: ours or the plain."""
        proof = self.env["crm.churn.backtest"]._get_last(company)
        if proof.is_plain_used and proof.steps:
            steps = proof.steps
            return self._plain_scores_sql(signs, steps["silent"], steps["orders"])
        factors = self.env["crm.churn.factor"]._get_factors(company)
        return self._scores_sql(signs, factors)
