from odoo import api, fields, models
from odoo.tools import SQL

from .crm_credit_policy import MONTHS, REVIEWS

FIGURES = (
    "score",
    "score_grade",
    "monthly_invoiced",
    "overdue_amount",
    "exposure",
    "line_values",
)


class CrmCreditAssessment(models.Model):
    """The assessment of all customers of a company, by a few statements.

    1. *computed*: the figures of the scorecards become points, score, grade and limit.
    2. *due*: kept are the customers of whom that says something new, or whose review
       is due. Whom a person is at work on, and whose overridden grade still holds, is
       left alone; a draft that nobody touched for a month is no work.
    3. *apply*: a grade that stays is put in force in place of the former one; another
       grade is proposed, and waits for a decision where the credit rules say so.

    A draft of a person takes its figures from the first statement alone.
    """

    _inherit = "crm.credit.assessment"

    # --- ONE

    def _fill(self):
        """Take the figures of today into these drafts."""
        self.env.flush_all()
        former = self._read_in_force()
        for company, ones in self.grouped("company_id").items():
            today = self.env["crm.sale.fact"]._get_today(company)
            rows = self.env.execute_query_dict(
                self._computed_sql(company, today, ones.partner_id.ids)
            )
            found = {row["customer_id"]: row for row in rows}
            for one in ones.sudo():  # style: CRM109 figures are the system's
                row = found[one.partner_id.id]
                vals = {name: row[name] for name in FIGURES}
                vals["former_grade"] = former.get((company.id, one.partner_id.id))
                one.write({**vals, "date": today})

    def _read_in_force(self):
        """Return ``{(company id, customer id): grade}`` of what is in force."""
        everything = self.sudo()  # style: CRM109 the grade before
        rows = everything._read_group(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "in_force"),
            ],
            ["company_id", "partner_id", "risk_grade"],
        )
        return {(company.id, partner.id): grade for company, partner, grade in rows}

    # --- ALL

    @api.model
    def _assess(self, run):
        """Assess all customers of the company of ``run``; return counts for it."""
        self.env.flush_all()
        company = run.company_id
        today = self.env["crm.sale.fact"]._get_today(company)
        [policy] = self.env["crm.credit.policy"]._ensure(company)
        keep = self.env["crm.scorecard.engine"]._make_table
        run._tell_progress(company, "compute")
        keep("crm_credit_computed", self._computed_sql(company, today))
        run._tell_progress(company, "compare")
        keep("crm_credit_due", self._due_sql(policy, today))
        run._tell_progress(company, "write")
        counts = self._read_counts()
        self.env.cr.execute(self._end_sql(company))
        counts["ended_count"] = self.env.cr.rowcount
        self.env.cr.execute(self._supersede_sql(company))
        self.env.cr.execute(self._insert_sql(policy, today, run))
        self.env.invalidate_all()
        self._drop_reminders()
        return counts

    @api.model
    def _read_counts(self):
        """Return how many customers were looked at, and what comes of it."""
        [row] = self.env.execute_query_dict(
            SQL(
                """SELECT c.*, d.*
                     FROM (SELECT COUNT(*) AS customer_count,
                                  COUNT(*) FILTER (WHERE score IS NULL)
                                      AS unknown_count
                             FROM crm_credit_computed) c
               CROSS JOIN (SELECT COUNT(*) AS inserted_count,
                                  COUNT(*) FILTER (WHERE former_grade <> risk_grade)
                                      AS changed_count,
                                  COUNT(*) FILTER (WHERE state = 'proposed')
                                      AS waiting_count
                             FROM crm_credit_due) d"""
            )
        )
        return row

    # --- STEP 1: COMPUTED

    @api.model
    def _computed_sql(self, company, today, customer_ids=None) -> SQL:
        """Return score, grade, limit and lines of the customers with a scorecard, or
        of these customers.
        """
        [policy] = self.env["crm.credit.policy"]._ensure(company)
        return SQL(
            """SELECT g.*, %(limit)s AS credit_limit, g.score_grade AS risk_grade
                 FROM (SELECT s.*, %(grade)s AS score_grade
                         FROM (%(scored)s) s) g""",
            grade=self._grade_sql(policy),
            limit=self._limit_sql(policy),
            scored=self._scored_sql(company, today, customer_ids),
        )

    @api.model
    def _scored_sql(self, company, today, customer_ids) -> SQL:
        factors = self.env["crm.credit.factor"]._ensure(company)
        values = [self._column("v", "value", place) for place, _f in enumerate(factors)]
        points = [
            SQL(
                "%s AS %s",
                factor._points_sql(value),
                self._column(None, "points", place),
            )
            for place, (factor, value) in enumerate(zip(factors, values, strict=True))
        ]
        return SQL(
            """SELECT w.customer_id, w.monthly_invoiced, w.overdue_amount, w.exposure,
                      %(score)s AS score, %(lines)s AS line_values
                 FROM (SELECT %(points)s
                         FROM (%(values)s) v) w""",
            score=self._score_sql(factors),
            lines=self._lines_sql(factors),
            points=SQL(", ").join([SQL("v.*"), *points]),
            values=self._values_sql(company, today, factors, customer_ids),
        )

    @api.model
    def _column(self, table, name, place) -> SQL:
        column = SQL.identifier(f"{name}_{place}")
        return SQL("%s.%s", SQL.identifier(table), column) if table else column

    @api.model
    def _score_sql(self, factors) -> SQL:
        """Return the score, as ``credit_score`` has it.

        None where nothing is known of payments: other figures say too little then.
        """
        worth, weights = [SQL("0")], [SQL("0")]
        for place, factor in enumerate(factors):
            name = self._column("w", "points", place)
            worth.append(SQL("COALESCE(%s * %s::float8, 0)", name, factor.weight))
            weights.append(
                SQL(
                    "CASE WHEN %s IS NULL THEN 0 ELSE %s::float8 END",
                    name,
                    factor.weight,
                )
            )
        return SQL(
            """CASE WHEN w.is_known
                    THEN FLOOR((%s)::float8 / NULLIF((%s)::float8, 0) + 0.5)::int END
            """,
            SQL(" + ").join(worth),
            SQL(" + ").join(weights),
        )

    @api.model
    def _lines_sql(self, factors) -> SQL:
        lines = [
            SQL(
                """jsonb_build_object('id', %s::int, 'value', %s, 'points', %s,
                                      'weight', %s::float8)""",
                factor.id,
                self._column("w", "value", place),
                self._column("w", "points", place),
                factor.weight,
            )
            for place, factor in enumerate(factors)
        ]
        return SQL("jsonb_build_array(%s)", SQL(", ").join(lines))

    @api.model
    def _values_sql(self, company, today, factors, customer_ids) -> SQL:
        """Return the figures of each customer, ``value_0`` and so on."""
        scope = SQL(
            """p.active AND p.id IN (SELECT partner_id FROM crm_customer_scorecard
                                      WHERE company_id = %s)""",
            company.id,
        )
        if customer_ids is not None:
            scope = SQL("p.id = ANY(%s)", list(customer_ids))
        return SQL(
            """SELECT %(values)s
                 FROM res_partner p
            LEFT JOIN crm_scorecard_performance f
                   ON f.partner_id = p.id AND f.company_id = %(company)s
            LEFT JOIN crm_scorecard_persistency s
                   ON s.partner_id = p.id AND s.company_id = %(company)s
            LEFT JOIN crm_scorecard_profitability m
                   ON m.partner_id = p.id AND m.company_id = %(company)s
            LEFT JOIN crm_scorecard_product q
                   ON q.partner_id = p.id AND q.company_id = %(company)s
            LEFT JOIN (SELECT DISTINCT ON (partner_id) partner_id, points
                         FROM crm_credit_rating
                        WHERE company_id = %(company)s AND active
                          AND date <= %(today)s
                          AND (date_end IS NULL OR date_end >= %(today)s)
                     ORDER BY partner_id, date DESC, id DESC) r
                   ON r.partner_id = p.id
                WHERE %(scope)s""",
            values=self._columns_sql(company, today, factors),
            company=company.id,
            today=today,
            scope=scope,
        )

    @api.model
    def _columns_sql(self, company, today, factors) -> SQL:
        """Return the columns of :meth:`_values_sql`."""
        columns = [
            SQL("p.id AS customer_id"),
            SQL(
                "ROUND(COALESCE(m.invoiced_revenue, 0) / 12, %s) AS monthly_invoiced",
                company.currency_id.decimal_places,
            ),
            SQL("COALESCE(f.overdue_amount, 0) AS overdue_amount"),
            SQL("COALESCE(f.open_amount, 0) AS exposure"),
            SQL(
                """(COALESCE(m.invoiced_revenue, 0) <> 0
                    OR COALESCE(f.open_amount, 0) <> 0 OR f.days_to_pay IS NOT NULL
                    OR f.late_share IS NOT NULL OR r.points IS NOT NULL) AS is_known"""
            ),
        ]
        for place, factor in enumerate(factors):
            name = self._column(None, "value", place)
            columns.append(SQL("%s AS %s", factor._value_sql(today), name))
        return SQL(", ").join(columns)

    @api.model
    def _grade_sql(self, policy) -> SQL:
        """Return the grade, as ``grade_of`` has it."""
        whens = [
            SQL("WHEN s.score >= %s THEN %s", cut, grade)
            for grade, cut in zip(MONTHS, policy._get_cuts(), strict=False)
        ]
        return SQL(
            "CASE %s WHEN s.score IS NOT NULL THEN 'E' END", SQL(" ").join(whens)
        )

    @api.model
    def _limit_sql(self, policy) -> SQL:
        """Return the limit, as ``credit_limit`` has it."""
        whens = [
            SQL("WHEN %s THEN %s::numeric", grade, policy[name])
            for grade, name in MONTHS.items()
        ]
        limit = SQL(
            """GREATEST(0, g.monthly_invoiced
                           * (CASE g.score_grade %s END) - g.overdue_amount)""",
            SQL(" ").join(whens),
        )
        if step := policy.limit_step:
            return SQL("FLOOR(%s / %s::numeric) * %s::numeric", limit, step, step)
        return SQL("ROUND(%s, %s)", limit, policy.currency_id.decimal_places)

    # --- STEP 2: DUE

    @api.model
    def _due_sql(self, policy, today) -> SQL:
        """Return the computed rows that say something new, with the state they get."""
        return SQL(
            """SELECT n.*, o.id AS former_id, o.risk_grade AS former_grade,
                      CASE WHEN o.id IS NULL OR o.risk_grade = n.risk_grade
                             OR NOT %(waits)s
                           THEN 'in_force' ELSE 'proposed' END AS state
                 FROM crm_credit_computed n
            LEFT JOIN crm_credit_assessment o
                   ON o.partner_id = n.customer_id AND o.company_id = %(company)s
                  AND o.state = 'in_force'
                WHERE n.score IS NOT NULL
                  AND (o.id IS NULL OR o.date_review <= %(today)s
                       OR (o.override_grade IS NULL
                           AND o.is_limit_overridden IS NOT TRUE
                           AND (o.score, o.risk_grade, o.credit_limit_proposed)
                               IS DISTINCT FROM
                               (n.score, n.risk_grade, n.credit_limit)))
                  AND NOT EXISTS (
                      SELECT FROM crm_credit_assessment w
                       WHERE w.partner_id = n.customer_id
                         AND w.company_id = %(company)s
                         AND (w.state = 'draft' AND w.write_date >= %(forgotten)s
                              OR w.state = 'proposed'
                                 AND (w.proposed_by_id IS NOT NULL
                                      OR (w.score, w.risk_grade,
                                          w.credit_limit_proposed)
                                         = (n.score, n.risk_grade, n.credit_limit))))
            """,
            waits=bool(policy.is_change_decided),
            company=policy.company_id.id,
            today=today,
            forgotten=fields.Datetime.subtract(fields.Datetime.now(), months=1),
        )

    # --- STEP 3: APPLY

    @api.model
    def _end_sql(self, company) -> SQL:
        """End what the figures gave and do not give any more; not what people said."""
        return SQL(
            """UPDATE crm_credit_assessment a
                  SET state = 'superseded', write_uid = %(uid)s,
                      write_date = (NOW() AT TIME ZONE 'UTC')
                 FROM crm_credit_computed n
                WHERE a.partner_id = n.customer_id AND a.company_id = %(company)s
                  AND a.state = 'in_force' AND n.score IS NULL
                  AND a.override_grade IS NULL AND a.is_limit_overridden IS NOT TRUE
            """,
            uid=self.env.uid,
            company=company.id,
        )

    @api.model
    def _supersede_sql(self, company) -> SQL:
        """End what a new row replaces, and proposals of the system that the figures
        do not say any more.
        """
        return SQL(
            """UPDATE crm_credit_assessment a
                  SET state = 'superseded', write_uid = %(uid)s,
                      write_date = (NOW() AT TIME ZONE 'UTC')
                 FROM crm_credit_computed n
                WHERE a.partner_id = n.customer_id AND a.company_id = %(company)s
                  AND (a.state = 'in_force'
                       AND a.partner_id IN (SELECT customer_id FROM crm_credit_due
                                             WHERE state = 'in_force')
                       OR a.state = 'proposed' AND a.proposed_by_id IS NULL
                          AND (a.score, a.risk_grade, a.credit_limit_proposed)
                              IS DISTINCT FROM (n.score, n.risk_grade, n.credit_limit))
            """,
            uid=self.env.uid,
            company=company.id,
        )

    @api.model
    def _insert_sql(self, policy, today, run) -> SQL:
        """A limit that stays is applied already, where the former one was."""
        reviews = [
            SQL("WHEN %s THEN %s::int", grade, policy[name])
            for grade, name in REVIEWS.items()
        ]
        return SQL(
            """INSERT INTO crm_credit_assessment (
                   partner_id, company_id, date, state, score, score_grade,
                   line_values, monthly_invoiced, overdue_amount, exposure, risk_grade,
                   credit_limit_proposed, former_grade, grade_change, date_review,
                   run_id, applied_limit, replaced_limit, applied_by_id, date_applied,
                   create_uid, write_uid, create_date, write_date)
               SELECT d.customer_id, %(company)s, %(today)s, d.state, d.score,
                      d.score_grade, d.line_values, d.monthly_invoiced,
                      d.overdue_amount, d.exposure, d.risk_grade, d.credit_limit,
                      d.former_grade,
                      CASE WHEN d.former_grade IS NULL THEN 'first'
                           WHEN d.former_grade = d.risk_grade THEN 'same'
                           WHEN d.risk_grade < d.former_grade THEN 'better'
                           ELSE 'worse' END,
                      (%(today)s::date
                       + make_interval(months => CASE d.risk_grade %(reviews)s END)
                      )::date,
                      %(run)s, o.applied_limit, o.replaced_limit, o.applied_by_id,
                      o.date_applied,
                      %(uid)s, %(uid)s, NOW() AT TIME ZONE 'UTC',
                      NOW() AT TIME ZONE 'UTC'
                 FROM crm_credit_due d
            LEFT JOIN crm_credit_assessment o
                   ON o.id = d.former_id AND o.date_applied IS NOT NULL
                  AND d.state = 'in_force' AND o.credit_limit_proposed = d.credit_limit
            """,
            run=run.id,
            company=policy.company_id.id,
            today=today,
            reviews=SQL(" ").join(reviews),
            uid=self.env.uid,
        )
