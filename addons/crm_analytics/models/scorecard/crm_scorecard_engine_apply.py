from odoo import api, models
from odoo.tools import SQL

from ...tools import month, rfm
from .crm_scorecard_columns import (
    COUNTS,
    FACTS,
    PREVIOUS,
    SCORED,
    STATE,
    assignments,
    columns,
)


class CrmScorecardEngine(models.AbstractModel):
    _inherit = "crm.scorecard.engine"

    # --- STEP 4: SCORES

    @api.model
    def _collect_scores(self, policy, as_of, bounds):
        scores = self._scores_sql(policy, as_of, bounds)
        self._make_table("crm_scorecard_scored", scores)

    @api.model
    def _scores_sql(self, policy, as_of, bounds, previous="all") -> SQL:
        """Return the facts with scores, group and the state at the last month end.

        An incremental refresh needs that state for new scorecards only: the others
        have it since the first refresh of the month, which was a full one.

        :param previous: of whom that state is wanted: all, new or none
        """
        scores = SQL(", ").join(
            SQL(
                "CASE WHEN f.active THEN %s END AS %s",
                self._score_sql(dimension, bounds[dimension]),
                SQL.identifier(f"{dimension}_score"),
            )
            for dimension in rfm.DIMENSIONS
        )
        history, former = SQL(), SQL()
        if previous != "none":
            former = SQL(
                """, h.rfm_code AS previous_rfm_code,
                   h.rfm_group_id AS previous_rfm_group_id,
                   CASE WHEN h.id IS NOT NULL THEN %s::date END AS previous_date""",
                self._get_known_month_end(policy, as_of),
            )
            history = self._history_join_sql(policy, as_of, previous == "new")
        return SQL(
            """SELECT s.*,
                      s.recency_score::text || s.frequency_score
                          || s.monetary_score AS rfm_code,
                      (%(groups)s::int[])[25 * s.recency_score + 5 * s.frequency_score
                          + s.monetary_score - 30] AS rfm_group_id %(former)s
                 FROM (SELECT f.*, %(scores)s FROM crm_scorecard_facts f) s
                      %(history)s""",
            groups=list(self.env["crm.rfm.group"]._get_group_ids()),
            scores=scores,
            former=former,
            history=history,
        )

    @api.model
    def _history_join_sql(self, policy, as_of, only_new) -> SQL:
        """Return the join of scores ``s`` with the rows ``h`` of the last month end."""
        customer = SQL("s.customer_id")
        if only_new:
            customer = SQL(
                """CASE WHEN (SELECT c.id FROM crm_customer_scorecard c
                               WHERE c.company_id = %s AND c.partner_id = s.customer_id
                             ) IS NULL THEN s.customer_id END""",
                policy.company_id.id,
            )
        return SQL(
            """LEFT JOIN crm_customer_scorecard_history h
                      ON h.partner_id = %(customer)s AND h.company_id = %(company)s
                     AND h.date_start <= %(month_end)s
                     AND (h.date_end IS NULL OR h.date_end > %(month_end)s)""",
            customer=customer,
            company=policy.company_id.id,
            month_end=self._get_known_month_end(policy, as_of),
        )

    @api.model
    def _get_known_month_end(self, policy, as_of):
        """Return the last month end before ``as_of`` that the history has reached."""
        closed = month.last_closed_month_end(as_of)
        return min(closed, policy.history_until or closed)

    @api.model
    def _score_sql(self, dimension, bounds) -> SQL:
        """Return 1 plus the number of bounds that the scored column reaches."""
        column = SQL.identifier("f", SCORED[dimension])
        return SQL(" + ").join(
            [SQL("1")]
            + [
                SQL("(%s >= %s)::int", column, bound)
                for bound in bounds
                if bound is not None
            ]
        )

    # --- STEP 5: APPLY

    @api.model
    def _apply(self, policy, as_of, only_changed=False):
        """Score the facts and write the differences; return counts of what was done.

        The scores are a part of the one statement that writes them, not a table.
        """
        company = policy.company_id
        which = "new" if only_changed else "all"
        update = self._update_all_sql(company)
        if only_changed:
            update = self._update_changed_sql(company)
        [row] = self.env.execute_query(
            SQL(
                """WITH crm_scorecard_scored AS MATERIALIZED (%(scores)s),
                        inserted AS (%(insert)s),
                        updated AS (%(update)s),
                        deleted AS (%(delete)s),
                        touched AS (SELECT 1 AS kind, * FROM inserted
                                    UNION ALL SELECT 2, * FROM updated
                                    UNION ALL SELECT 3, * FROM deleted)
                   SELECT (SELECT COUNT(*) FROM crm_scorecard_scored),
                          COUNT(*) FILTER (WHERE kind = 1),
                          COUNT(*) FILTER (WHERE kind = 2),
                          COUNT(*) FILTER (WHERE kind = 3),
                          COUNT(*) FILTER (
                              WHERE is_fact AND customer_id NOT IN (
                                    SELECT customer_id FROM crm_scorecard_changed))
                     FROM touched""",
                scores=self._scores_sql(policy, as_of, policy._get_bounds(), which),
                insert=self._insert_new_sql(company, only_changed),
                update=update,
                delete=self._delete_vanished_sql(company, only_changed),
            )
        )
        counts = dict(zip(COUNTS, row, strict=True))
        if only_changed:
            counts["corrected"] = 0
        if counts["inserted"] > 1000:  # the planner must know before autovacuum comes
            self.env.cr.execute(SQL("ANALYZE crm_customer_scorecard"))
        return counts

    @api.model
    def _apply_changed(self, policy, as_of, changed):
        """Do the steps 2, 4 and 5 for the changed customers by one statement.

        The names that are tables otherwise are parts of the statement here.
        """
        company = policy.company_id
        order_ids = self._get_credited_order_ids(changed)
        insert, previous = SQL("SELECT"), "none"
        if changed.has_new:
            insert = self._insert_new_sql(company, only_changed=True)
            previous = "new"
        [[scored_ids, inserted, updated]] = self.env.execute_query(
            SQL(
                """WITH crm_scorecard_facts AS MATERIALIZED (%(facts)s),
                        crm_scorecard_scored AS MATERIALIZED (%(scores)s),
                        inserted AS (%(insert)s),
                        updated AS (%(update)s)
                   SELECT ARRAY(SELECT customer_id FROM crm_scorecard_scored),
                          (SELECT COUNT(*) FROM inserted),
                          (SELECT COUNT(*) FROM updated)""",
                facts=self._facts_sql(company, as_of, changed.customer_ids, order_ids),
                scores=self._scores_sql(policy, as_of, policy._get_bounds(), previous),
                insert=insert,
                update=self._update_changed_sql(company),
            )
        )
        gone = set(changed.customer_ids).difference(scored_ids)
        counts = (
            len(scored_ids),
            inserted if changed.has_new else 0,
            updated,
            self._delete_of(company, list(gone)) if gone else 0,
            0,
        )
        return dict(zip(COUNTS, counts, strict=True))

    @api.model
    def _count_scored(self):
        [[count]] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM crm_scorecard_scored")
        )
        return count

    @api.model
    def _insert_new_sql(self, company, only_changed) -> SQL:
        """Insert who has no row: look each one up if they are few, else all at once.

        Looking each one up in a table that grows meanwhile may take for ever.
        """
        names = (*FACTS, *STATE, *PREVIOUS)
        known = SQL(
            "SELECT partner_id FROM crm_customer_scorecard WHERE company_id = %s",
            company.id,
        )
        is_new = SQL("s.customer_id NOT IN (%s)", known)
        if only_changed:
            is_new = SQL("NOT EXISTS (%s AND partner_id = s.customer_id)", known)
        return SQL(
            """INSERT INTO crm_customer_scorecard
                      (partner_id, company_id, %(names)s, create_date, write_date)
               SELECT s.customer_id, %(company)s, %(values)s, %(now)s, %(now)s
                 FROM crm_scorecard_scored s
                WHERE %(is_new)s
            RETURNING partner_id AS customer_id, true AS is_fact""",
            names=columns(names),
            values=columns(names, "s"),
            is_new=is_new,
            company=company.id,
            now=self.env.cr.now(),
        )

    @api.model
    def _update_all_sql(self, company) -> SQL:
        """Update the rows that differ, and tell of each whether a fact does."""
        names = (*FACTS, *STATE, *PREVIOUS)
        return SQL(
            """WITH different AS (
                   SELECT c.id, s.*,
                          (%(old_facts)s) IS DISTINCT FROM (%(new_facts)s) AS is_fact
                     FROM crm_customer_scorecard c
                     JOIN crm_scorecard_scored s ON s.customer_id = c.partner_id
                    WHERE c.company_id = %(company)s
                      AND (%(old)s) IS DISTINCT FROM (%(new)s))
               UPDATE crm_customer_scorecard c
                  SET %(assignments)s, write_date = %(now)s
                 FROM different d
                WHERE d.id = c.id
            RETURNING d.customer_id, d.is_fact""",
            assignments=assignments(names, "d"),
            old_facts=columns(FACTS, "c"),
            new_facts=columns(FACTS, "s"),
            old=columns(names, "c"),
            new=columns(names, "s"),
            company=company.id,
            now=self.env.cr.now(),
        )

    @api.model
    def _update_changed_sql(self, company) -> SQL:
        """Update the rows of changed customers that differ."""
        names = (*FACTS, *STATE)
        return SQL(
            """UPDATE crm_customer_scorecard c
                  SET %(assignments)s, write_date = %(now)s
                 FROM crm_scorecard_scored s
                WHERE c.company_id = %(company)s AND c.partner_id = s.customer_id
                  AND (%(old)s) IS DISTINCT FROM (%(new)s)
            RETURNING s.customer_id, true AS is_fact""",
            assignments=assignments(names, "s"),
            old=columns(names, "c"),
            new=columns(names, "s"),
            company=company.id,
            now=self.env.cr.now(),
        )

    @api.model
    def _delete_of(self, company, customer_ids):
        """Delete the rows of these customers; return how many had one."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_customer_scorecard
                    WHERE company_id = %s AND partner_id = ANY(%s)""",
                company.id,
                customer_ids,
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _delete_vanished_sql(self, company, only_changed) -> SQL:
        """Delete the rows of customers who have no purchase any more."""
        return SQL(
            """DELETE FROM crm_customer_scorecard c
                WHERE c.company_id = %s %s
                  AND NOT EXISTS (SELECT FROM crm_scorecard_scored s
                                   WHERE s.customer_id = c.partner_id)
            RETURNING c.partner_id AS customer_id, true AS is_fact""",
            company.id,
            SQL("AND c.partner_id IN (SELECT customer_id FROM crm_scorecard_changed)")
            if only_changed
            else SQL(),
        )
