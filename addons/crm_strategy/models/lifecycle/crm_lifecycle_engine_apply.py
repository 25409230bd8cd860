from odoo import api, fields, models
from odoo.tools import SQL


class CrmLifecycleEngine(models.AbstractModel):
    """Compares what is decided with the open stays, and writes the differences.

    Since when a customer is in his state:

    - one who was placed before moved at the purchase or enquiry that did it, if that
      lies within his last stay, else at the time of the refresh;
    - one who is placed for the first time gets his past, too: a prospect since he was
      entered, interested since the first enquiry, buying since the first order,
      loyal since the order and the tenure that made him so, lapsed since the limit
      was over. What happened in between (a pause and a return) is not worked out.
    """

    _inherit = "crm.lifecycle.engine"

    # --- WHOLE RUNS

    @api.model
    def _refresh(self, policy, mode="incremental", partners=None, watermark=None):
        """Make the stays of the policy's company true; commits nothing.

        :param mode: ``full`` or ``incremental``; the latter becomes full where there
            is nothing to build on
        :param partners: look at these customers only
        :param watermark: see :class:`CrmWatermark`; read now if not given
        :return: dict with mode, moved, entered, left and corrected
        """
        policy._lock_for_refresh()
        today = self.env["crm.sale.fact"]._get_today(policy.company_id)
        mode = self._effective_mode(policy, mode, today)
        only_changed = mode == "incremental" or partners is not None
        self._prepare_transaction()
        watermark = watermark or self.env["crm.watermark"]._read()
        if only_changed or policy.watermark:
            self._collect_changed(policy, today, partners)
        self._collect_changes(policy, today, only_changed)
        counts = self._apply(policy, today)
        counts["corrected"] = 0
        if partners is None:
            if not only_changed and policy.watermark and not policy.is_stale:
                counts["corrected"] = self._count_unexplained()
            self._clear_queue(policy.company_id)
            policy._mark_refreshed(watermark, today, counts, full=not only_changed)
        self._forget_cached_stays()
        return {"mode": mode, **counts}

    @api.model
    def _effective_mode(self, policy, mode, today):
        """Return ``full`` where an incremental refresh has nothing to build on."""
        usable = policy.watermark and policy.last_day and policy.last_day <= today
        return mode if usable and not policy.is_stale else "full"

    @api.model
    def _prepare_transaction(self):
        """Write pending changes; give this transaction memory for its hash tables."""
        self.env["crm.sale.fact"]._flush_sources()
        for model_name, field_names in self._SOURCE_FIELDS.items():
            self.env[model_name].flush_model(field_names)
        self.env.flush_all()
        self.env["crm.sale.fact"]._prepare_planner()

    @api.model
    def _forget_cached_stays(self):
        self.env["crm.lifecycle.transition"].invalidate_model(flush=False)
        self.env["res.partner"].invalidate_model(
            ["lifecycle_state", "lifecycle_transition_id", "lifecycle_todo_ids"],
            flush=False,
        )

    @api.model
    def _clear_queue(self, company):
        self.env.cr.execute(
            SQL("DELETE FROM crm_lifecycle_queue WHERE company_id = %s", company.id)
        )

    # --- STEP 4: WHO DIFFERS

    @api.model
    def _collect_changes(self, policy, today, only_changed):
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS crm_lifecycle_change"))
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE crm_lifecycle_change ON COMMIT DROP AS %s",
                self._changes_sql(policy, today, only_changed),
            )
        )
        self.env.cr.execute(SQL("ANALYZE crm_lifecycle_change"))

    @api.model
    def _changes_sql(self, policy, today, only_changed) -> SQL:
        """Return the customers whose open stay is missing, wrong or out of place.

        A stay that is locked today stays, as long as its customer is one.
        """
        rules = policy._get_rules()
        facts = self._facts_sql(policy, today, only_changed, rules)
        in_scope = SQL()
        if only_changed:
            in_scope = SQL(
                "AND partner_id IN (SELECT customer_id FROM crm_lifecycle_changed)"
            )
        return SQL(
            """SELECT COALESCE(d.partner_id, t.partner_id) AS customer_id, d.*,
                      %(today)s::date + d.due_days AS date_due,
                      t.id AS stay_id, t.state AS old_state,
                      t.date_start AS old_start
                 FROM (%(decided)s) d
            FULL JOIN (SELECT id, partner_id, state, date_start, date_due,
                              is_locked, lock_until
                         FROM crm_lifecycle_transition
                        WHERE company_id = %(company)s AND date_end IS NULL
                              %(in_scope)s) t
                   ON t.partner_id = d.partner_id
                WHERE t.id IS NULL OR d.partner_id IS NULL
                   OR (t.is_locked AND t.lock_until < %(today)s)
                   OR (NOT t.is_locked
                       AND (t.state != d.state
                            OR t.date_due IS DISTINCT FROM
                               %(today)s::date + d.due_days))""",
            decided=self._decided_sql(facts, rules),
            today=today,
            company=policy.company_id.id,
            in_scope=in_scope,
        )

    @api.model
    def _count_unexplained(self):
        """Return how many a full refresh moved whom an incremental one had missed."""
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM crm_lifecycle_change
                    WHERE state IS DISTINCT FROM old_state
                      AND customer_id NOT IN (
                          SELECT customer_id FROM crm_lifecycle_changed)"""
            )
        )
        return count

    # --- STEP 5: APPLY

    @api.model
    def _apply(self, policy, today):
        """End, begin and touch stays; return how many customers it concerned."""
        company, now = policy.company_id, self._get_now(policy.company_id, today)
        left = self._count(self._close_vanished_sql(now))
        moved = self._count(self._close_moved_sql(now))
        self._count(self._touch_sql(now))
        self._count(self._open_moved_sql(company, now))
        entered = self._count(self._open_again_sql(company, now))
        entered += self._open_first(policy, now)
        if entered + moved > 1000:
            self.env.cr.execute(SQL("ANALYZE crm_lifecycle_transition"))
        return {"moved": moved, "entered": entered, "left": left}

    @api.model
    def _get_now(self, company, today):
        """Return the instant of this run, never after the day that it looks at."""
        end = self.env["crm.sale.fact"]._get_utc_bounds(company, today, today)[1]
        return min(fields.Datetime.now(), fields.Datetime.subtract(end, seconds=1))

    @api.model
    def _count(self, statement):
        self.env.cr.execute(statement)
        return self.env.cr.rowcount

    @api.model
    def _moment_sql(self, now) -> SQL:
        """Return when customer ``c`` moved: within his last stay, or now."""
        return SQL(
            """GREATEST(c.old_start, LEAST(%(now)s, CASE
                   WHEN c.state = 'interested' AND c.last_contact > c.old_start
                   THEN c.last_contact
                   WHEN c.order_count > 0
                        AND c.old_state IN ('prospect', 'interested')
                        AND c.state = 'buying'
                   THEN c.first_order
                   WHEN c.old_state = 'lapsed' AND c.last_order > c.old_start
                   THEN c.last_order
                   ELSE %(now)s END))""",
            now=now,
        )

    @api.model
    def _close_vanished_sql(self, now) -> SQL:
        """End the stays of those who are no customers of the company any more."""
        return SQL(
            """UPDATE crm_lifecycle_transition t
                  SET date_end = GREATEST(t.date_start, %(now)s), write_date = %(now)s,
                      date_due = NULL, is_locked = FALSE,
                      end_reason = CASE
                          WHEN NOT p.active THEN 'customer_archived'
                          WHEN NOT p.partner_share
                               OR p.id IN (%(internal)s)
                               OR (p.parent_id IS NOT NULL AND NOT p.is_company)
                          THEN 'not_customer'
                          ELSE 'other_company' END
                 FROM crm_lifecycle_change c
                 JOIN res_partner p ON p.id = c.customer_id
                WHERE t.id = c.stay_id AND c.partner_id IS NULL""",
            now=now,
            internal=self.env["crm.sale.fact"]._internal_customers_sql(),
        )

    @api.model
    def _close_moved_sql(self, now) -> SQL:
        return SQL(
            """UPDATE crm_lifecycle_transition t
                  SET date_end = %(moment)s, write_date = %(now)s, date_due = NULL,
                      is_locked = FALSE, end_reason = 'moved', next_state = c.state
                 FROM crm_lifecycle_change c
                WHERE t.id = c.stay_id AND c.state != c.old_state""",
            moment=self._moment_sql(now),
            now=now,
        )

    @api.model
    def _touch_sql(self, now) -> SQL:
        """Note on stays that go on when to look again; an expired lock ends."""
        return SQL(
            """UPDATE crm_lifecycle_transition t
                  SET date_due = c.date_due, is_locked = FALSE, write_date = %s
                 FROM crm_lifecycle_change c
                WHERE t.id = c.stay_id AND c.state = c.old_state""",
            now,
        )

    @api.model
    def _open_moved_sql(self, company, now) -> SQL:
        return self._insert_sql(
            company,
            now,
            SQL(
                """SELECT c.*, c.old_state AS previous_state, 'rule' AS method,
                          %(moment)s AS date_start, NULL::timestamp AS date_end,
                          %(moment)s - c.old_start AS stayed, NULL AS next_state
                     FROM crm_lifecycle_change c
                    WHERE c.stay_id IS NOT NULL AND c.state != c.old_state""",
                moment=self._moment_sql(now),
            ),
        )

    @api.model
    def _open_again_sql(self, company, now) -> SQL:
        """Place those who were placed before and are customers again."""
        return self._insert_sql(
            company,
            now,
            SQL(
                """SELECT c.*, NULL AS previous_state, 'rule' AS method,
                          %(now)s::timestamp AS date_start,
                          NULL::timestamp AS date_end, NULL::interval AS stayed,
                          NULL AS next_state
                     FROM crm_lifecycle_change c
                    WHERE c.stay_id IS NULL AND %(known)s""",
                now=now,
                known=self._known_sql(company),
            ),
        )

    @api.model
    def _known_sql(self, company) -> SQL:
        return SQL(
            """EXISTS (SELECT FROM crm_lifecycle_transition k
                        WHERE k.partner_id = c.partner_id AND k.company_id = %s)""",
            company.id,
        )

    @api.model
    def _insert_sql(self, company, now, rows) -> SQL:
        """Insert stays; ``rows`` has the columns of the changes, and of the stay."""
        return SQL(
            """INSERT INTO crm_lifecycle_transition (
                   partner_id, company_id, state, previous_state, next_state,
                   reason, end_reason,
                   method, date_start, date_end, date_due, days_previous, is_locked,
                   order_count, tenure_days, silent_days, mean_interval, contact_days,
                   satisfaction, create_date, write_date)
               SELECT partner_id, %(company)s, state, previous_state, next_state,
                      reason,
                      CASE WHEN date_end IS NOT NULL THEN 'moved' END,
                      method, date_start, date_end,
                      CASE WHEN date_end IS NULL THEN date_due END,
                      ROUND(EXTRACT(EPOCH FROM stayed) / 86400.0, 2)::float8, FALSE,
                      order_count, tenure_days, silent_days, mean_interval,
                      contact_days, satisfaction, %(now)s, %(now)s
                 FROM (%(rows)s) r""",
            company=company.id,
            now=now,
            rows=rows,
        )
