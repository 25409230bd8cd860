from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.seven_p import PARTS
from .crm_seven_p_score_mixin import SCORES
from .seven_p_fields import Points, Score

PREVIOUS = tuple(f"previous_{name}" for name in SCORES)


class CrmSevenPScore(models.Model):
    """The scores of one customer in the 7 P, for one company; written by a run only."""

    _name = "crm.seven.p.score"
    _description = "7 P Score"
    _inherit = ["crm.scorecard.part", "crm.seven.p.score.mixin"]
    _order = "total_score desc, id"

    points = Points(readonly=True)
    score_date = fields.Date("Scored as of", readonly=True)

    # --- what they were at the last month end
    previous_date = fields.Date("Last month end", readonly=True)
    previous_profiling_score = Score(readonly=True, aggregator="avg")
    previous_persistency_score = Score(readonly=True, aggregator="avg")
    previous_profitability_score = Score(readonly=True, aggregator="avg")
    previous_performance_score = Score(readonly=True, aggregator="avg")
    previous_prospecting_score = Score(readonly=True, aggregator="avg")
    previous_product_score = Score(readonly=True, aggregator="avg")
    previous_promotion_score = Score(readonly=True, aggregator="avg")
    previous_total_score = Score(
        "Total at last month end", readonly=True, aggregator="avg"
    )

    # --- SQL

    @api.model
    def _get_written(self):
        """Return the columns that a run writes."""
        return (*SCORES, "points", "score_date", "previous_date", *PREVIOUS)

    @api.model
    def _rows_sql(self, policy, window, factors, customers) -> SQL:
        """Return the scores of today with those of the last month end."""
        known = self.env["crm.scorecard.part.engine"]._get_known_month_end(
            policy, window.as_of
        )
        return SQL(
            """SELECT s.*, %(day)s::date AS score_date,
                      CASE WHEN h.id IS NOT NULL THEN %(known)s::date END
                          AS previous_date, %(previous)s
                 FROM (%(scores)s) s
            LEFT JOIN crm_seven_p_score_history h
                   ON h.partner_id = s.customer_id AND h.company_id = %(company)s
                  AND h.date_start <= %(known)s
                  AND (h.date_end IS NULL OR h.date_end > %(known)s)""",
            day=window.as_of,
            known=known,
            previous=SQL(", ").join(
                SQL("%s AS %s", SQL.identifier("h", name), SQL.identifier(before))
                for name, before in zip(SCORES, PREVIOUS, strict=True)
            ),
            scores=self._scores_sql(policy, window, factors, customers),
            company=policy.company_id.id,
        )

    @api.model
    def _scores_sql(self, policy, window, factors, customers, relations=None) -> SQL:
        """Return customer_id, the points of the factors by slot, and all scores.

        :param factors: the factors in force
        :param relations: ``{part: (table, columns)}``, tables with a customer_id, in
            place of those of the parts
        """
        usable = factors._get_usable(relations)
        points = {
            factor.slot: factor._points_sql(window, SQL.identifier(factor.part))
            for factor in usable
        }
        slots = range(1, max(points, default=0) + 1)
        named = [
            SQL("%s AS %s", value, SQL.identifier(f"points_{slot}"))
            for slot, value in points.items()
        ]
        kept = SQL(", ").join(
            SQL.identifier(f"points_{slot}") if slot in points else SQL("NULL")
            for slot in slots
        )
        # OFFSET 0: what is named is worked out once, not wherever it is used
        return SQL(
            """SELECT scored.*, %(total)s AS total_score
                 FROM (SELECT customer_id, ARRAY[%(kept)s]::int2[] AS points, %(means)s
                         FROM (SELECT %(listed)s FROM %(tables)s OFFSET 0) pointed
                       OFFSET 0) scored""",
            total=self._total_sql(policy),
            kept=kept,
            means=SQL(", ").join(self._mean_sql(part, usable) for part in PARTS),
            listed=SQL(", ").join([SQL("card.customer_id"), *named]),
            tables=self._tables_sql(policy.company_id, window, customers, relations),
        )

    @api.model
    def _preview_sql(self, company, names) -> SQL:
        """Return the scores ``names`` of every ranked customer, kept and by the rules.

        The kept ones are called ``before_``, the ones worked out ``after_``.
        """
        policy = self.env["crm.rfm.policy"]._ensure(company)
        as_of = policy.part_as_of or self.env["crm.sale.fact"]._get_today(company)
        window = self.env["crm.scorecard.part.engine"]._get_window(company, as_of)
        factors = self.env["crm.scorecard.factor"]._ensure(company)
        columns = SQL(", ").join(
            SQL(
                "s.%(name)s AS %(before)s, n.%(name)s AS %(after)s",
                name=SQL.identifier(name),
                before=SQL.identifier(f"before_{name}"),
                after=SQL.identifier(f"after_{name}"),
            )
            for name in names
        )
        return SQL(
            """SELECT n.customer_id, %(columns)s,
                      n.total_score - s.total_score AS move,
                      s.total_score::text AS before_text,
                      n.total_score::text AS after_text
                 FROM (%(scores)s) n
                 JOIN crm_customer_scorecard c
                   ON c.partner_id = n.customer_id AND c.company_id = %(company)s
            LEFT JOIN crm_seven_p_score s
                   ON s.partner_id = n.customer_id AND s.company_id = %(company)s
                WHERE c.active""",
            columns=columns,
            scores=self._scores_sql(policy, window, factors, None),
            company=company.id,
        )

    @api.model
    def _tables_sql(self, company, window, customers, relations) -> SQL:
        """Return the customers joined with their rows of every part."""
        joins = []
        for part, model in self.env["crm.scorecard.part"]._get_parts().items():
            alias = SQL.identifier(part)
            if relations:
                table = SQL.identifier(relations[part][0])
                condition = SQL("%s.customer_id = card.customer_id", alias)
            else:
                table = SQL.identifier(model._table)
                condition = SQL(
                    "%s.partner_id = card.customer_id AND %s.company_id = %s",
                    alias,
                    alias,
                    company.id,
                )
            joins.append(SQL("LEFT JOIN %s %s ON %s", table, alias, condition))
        engine = self.env["crm.scorecard.part.engine"]
        return SQL(
            "%s %s",
            engine._cards_sql(company, window, customers),
            SQL(" ").join(joins),
        )

    @api.model
    def _mean_sql(self, part, factors) -> SQL:
        """Return the score of a part: the mean of the known points by their weights."""
        own = factors.filtered(lambda factor: factor.part == part)
        pairs = [(f"points_{factor.slot}", factor.weight) for factor in own]
        return self._weighted_sql(pairs, f"{part}_score")

    @api.model
    def _total_sql(self, policy) -> SQL:
        weights = policy._get_part_weights()
        pairs = [(f"{part}_score", weight) for part, weight in weights.items()]
        return self._weighted_sql(pairs)

    @api.model
    def _weighted_sql(self, pairs, name=None) -> SQL:
        """Return the mean of columns by weights, as :func:`weighted_mean` has it."""
        pairs = [(SQL.identifier(column), weight) for column, weight in pairs]
        mean = SQL("NULL::int4")
        if pairs:
            summed = SQL(" + ").join(
                SQL("COALESCE(%s * %s::float8, 0)", column, weight)
                for column, weight in pairs
            )
            total = SQL(" + ").join(
                SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s::float8 END", column, weight)
                for column, weight in pairs
            )
            mean = SQL("FLOOR((%s) / NULLIF(%s, 0) + 0.5)::int4", summed, total)
        return SQL("%s AS %s", mean, SQL.identifier(name)) if name else mean

    # --- ACTIONS

    def action_view_history(self):
        """Open the scores of the customer at month ends."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_seven_p_score_history_action"
        )
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        return action
