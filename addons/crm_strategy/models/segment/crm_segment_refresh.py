import psycopg2

from odoo import fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

# A refresh gives way to other transactions; these mean "try again later".
BUSY_ERRORS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)


class CrmSegmentation(models.Model):
    """Refresh of segmentation schemes, in sets.

    A refresh first writes down in a temporary table who *should* be in which
    segment (the target), then makes the open memberships equal to it. Five kinds
    of statements do it whatever the number of customers:

    1. expired locks are released;
    2. the target: customers that meet a rule, present customers of hand-picked
       segments, locked customers where they are; in an exclusive scheme the
       smallest key per customer wins, the key being the priority of the segment
       and, before all of them, a lock;
    3. memberships that are not in the target are closed with their reason (a
       membership that began in the same instant is removed, since it never was);
    4. open memberships take over whether the scheme is exclusive now;
    5. what the target has and the memberships lack is opened.

    Rows that stay as they are are not touched. All rows of a run bear the same
    instant. A refresh is part of the caller's transaction and never commits.
    """

    _inherit = "crm.segmentation"

    # --- REFRESH

    def _refresh(self):
        """Make the memberships of these schemes true; commit nothing.

        :return: ``{segment: {"entered": n, "left": n, "unchanged": n}}``
        :raises UserError: when a rule is broken or another refresh is running
        """
        counts = {}
        for scheme in self._in_refresh_order():
            counts.update(scheme._refresh_scheme())
        return counts

    def _refresh_scheme(self):
        """Refresh one scheme; see :meth:`_refresh`."""
        self.ensure_one()
        self._lock_scheme()
        self._check_no_cycle()
        now = fields.Datetime.now()
        self._prepare_planner()
        self._release_expired_locks(now)
        self._fill_target()
        left = self._close_unmet(now)
        self._apply_kind()
        entered = self._open_met(now)
        self._tell_planner(sum(entered.values()))
        present = self._count_by_segment(
            SQL("SELECT segment_id FROM crm_segment_target")
        )
        self._forget_cached_memberships()
        self.sudo().write(  # style: CRM109 result of the run, on this scheme only
            {
                "date_refresh": now,
                "refresh_state": "idle",
                "refresh_error": False,
                "refresh_progress": 0,
            }
        )
        return {
            segment: {
                "entered": entered.get(segment.id, 0),
                "left": left.get(segment.id, 0),
                "unchanged": present.get(segment.id, 0) - entered.get(segment.id, 0),
            }
            for segment in self.with_context(active_test=True).segment_ids
        }

    def _lock_scheme(self):
        """Keep every other change of this scheme's memberships out until the commit."""
        try:
            self.sudo().lock_for_update(  # style: CRM109 a lock, no data
                allow_referencing=True
            )
        except LockError as e:
            raise UserError(
                self.env._(
                    "The customers of %(scheme)s are being placed by someone else at "
                    "this moment. Wait until that has ended and try again.",
                    scheme=self.name,
                )
            ) from e

    def _prepare_planner(self):
        """Write pending changes and give this transaction room for its hash tables."""
        self.env.flush_all()
        self.env.cr.execute(SQL("SET LOCAL work_mem = '256MB'"))
        self.env.cr.execute(SQL("SET LOCAL jit = off"))

    def _tell_planner(self, opened):
        """Bring the statistics up to date that the next refresh is planned by.

        The server does it by itself, but only some minutes after many rows came.
        """
        if opened > 1000:
            self.env.cr.execute(SQL("ANALYZE crm_segment_membership"))

    def _forget_cached_memberships(self):
        self.env["crm.segment.membership"].invalidate_model(flush=False)
        self.env["res.partner"].invalidate_model(
            ["segment_ids", "segment_membership_ids", "segment_count"], flush=False
        )
        self.invalidate_model(["customer_count", "unassigned_count"], flush=False)
        self.env["crm.segment"].invalidate_model(
            ["customer_count", "membership_ids"], flush=False
        )

    # --- STATEMENTS

    def _ranks_sql(self) -> SQL:
        """Return one row ``(segment_id, rank)`` per active segment."""
        rows = [
            SQL("(%s, %s)", segment.id, rank)
            for rank, segment in enumerate(self._get_active_segments(), start=1)
        ]
        rows = rows or [SQL("(NULL::int, NULL::int)")]
        return SQL("(VALUES %s) AS s (segment_id, rank)", SQL(", ").join(rows))

    def _get_active_segments(self):
        segments = self.env["crm.segment"].sudo()  # style: CRM109 the same for everyone
        if not self.active:
            return segments
        return segments.search([("segmentation_id", "=", self.id)])

    def _population_sql(self) -> SQL:
        """Return the ids of the customers to whom the scheme applies."""
        partners = self._get_rule_partners()
        return partners._search(partners._get_customer_domain(self.company_id)).select()

    def _candidates_sql(self) -> SQL:
        """Return ``(partner_id, segment_id, rank, key)`` of all who may be placed."""
        parts = [
            SQL(
                "SELECT id AS partner_id, %s AS segment_id, %s AS rank, %s AS key "
                "FROM (%s) AS met",
                segment.id,
                rank,
                rank,
                segment._get_rule_query().select(),
            )
            for rank, segment in enumerate(self._get_active_segments(), start=1)
            if segment.method == "rule"
        ]
        parts.append(self._present_sql(self._locked_sql(), lock=1000000))
        manual = self._get_active_segments().filtered(lambda s: s.method == "manual")
        if manual:
            is_manual = SQL("m.segment_id = ANY(%s)", manual.ids)
            parts.append(self._present_sql(is_manual))
        return SQL(" UNION ALL ").join(parts)

    def _present_sql(self, condition, lock=0) -> SQL:
        """Return, as candidates, who is present by memberships ``m`` of this kind.

        Locked ones and hand-picked ones are found by an index each: most schemes have
        few or none of either. Who is both is a candidate twice; the lock wins.
        """
        return SQL(
            """SELECT m.partner_id, m.segment_id, s.rank, s.rank - %(lock)s AS key
                 FROM crm_segment_membership m
                 JOIN %(ranks)s ON s.segment_id = m.segment_id
                WHERE m.segmentation_id = %(scheme)s AND m.date_end IS NULL
                  AND %(condition)s
                  AND m.partner_id IN (%(population)s)""",
            lock=lock,
            condition=condition,
            ranks=self._ranks_sql(),
            scheme=self.id,
            population=self._population_sql(),
        )

    def _locked_sql(self) -> SQL:
        """Return the condition that the lock of membership ``m`` holds today."""
        return SQL(
            "(m.is_locked AND (m.lock_until IS NULL OR m.lock_until >= %s))",
            self._get_today(),
        )

    def _fill_target(self):
        """Write down who should be in which segment."""
        kept_out = SQL(
            """NOT EXISTS (
                   SELECT FROM crm_segment_membership m
                    WHERE m.segment_id = c.segment_id AND m.partner_id = c.partner_id
                      AND m.date_end IS NOT NULL AND %s)""",
            self._locked_sql(),
        )
        if self.kind == "exclusive":
            chosen = SQL(
                """SELECT w.partner_id, s.segment_id, s.rank
                     FROM (SELECT partner_id, MIN(key) AS key
                             FROM (%(candidates)s) c
                            WHERE %(kept_out)s
                         GROUP BY partner_id) w
                     JOIN %(ranks)s
                       ON s.rank = CASE WHEN w.key < 0 THEN w.key + 1000000
                                        ELSE w.key END""",
                candidates=self._candidates_sql(),
                kept_out=kept_out,
                ranks=self._ranks_sql(),
            )
        else:
            chosen = SQL(
                """SELECT DISTINCT partner_id, segment_id, rank
                     FROM (%(candidates)s) c WHERE %(kept_out)s""",
                candidates=self._candidates_sql(),
                kept_out=kept_out,
            )
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS crm_segment_target"))
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE crm_segment_target ON COMMIT DROP AS %s", chosen
            )
        )
        self.env.cr.execute(SQL("ANALYZE crm_segment_target"))

    def _count_by_segment(self, rows: SQL):
        """Return ``{segment id: number of rows}`` of a statement giving segment_id."""
        return dict(
            self.env.execute_query(
                SQL(
                    "WITH changed AS (%s) "
                    "SELECT segment_id, COUNT(*) FROM changed GROUP BY segment_id",
                    rows,
                )
            )
        )

    def _release_expired_locks(self, now):
        """Release the locks whose last day is over; the rows keep who set them."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_segment_membership
                      SET is_locked = FALSE, date_unlocked = %(now)s
                    WHERE segmentation_id = %(scheme)s AND is_locked
                      AND lock_until < %(today)s""",
                now=now,
                scheme=self.id,
                today=self._get_today(),
            )
        )

    _UNMET = SQL(
        """m.date_end IS NULL
           AND NOT EXISTS (SELECT FROM crm_segment_target t
                            WHERE t.segment_id = m.segment_id
                              AND t.partner_id = m.partner_id)"""
    )

    def _close_unmet(self, now):
        """Close what holds no longer; return how many left each segment."""
        removed = self._count_by_segment(
            SQL(
                """DELETE FROM crm_segment_membership m
                    WHERE m.segmentation_id = %s AND m.date_start >= %s AND %s
                RETURNING m.segment_id""",
                self.id,
                now,
                self._UNMET,
            )
        )
        closed = self._count_by_segment(
            SQL(
                """UPDATE crm_segment_membership m
                      SET date_end = %(now)s, write_date = %(now)s,
                          is_locked = FALSE, end_reason = %(reason)s
                     FROM crm_segment_membership o
                     JOIN res_partner p ON p.id = o.partner_id
                LEFT JOIN %(ranks)s ON s.segment_id = o.segment_id
                LEFT JOIN crm_segment_target better
                       ON %(exclusive)s AND better.partner_id = o.partner_id
                    WHERE o.id = m.id AND m.segmentation_id = %(scheme)s AND %(unmet)s
                RETURNING m.segment_id""",
                now=now,
                reason=self._end_reason_sql(now),
                ranks=self._ranks_sql(),
                exclusive=self.kind == "exclusive",
                scheme=self.id,
                unmet=self._UNMET,
            )
        )
        return {
            segment: removed.get(segment, 0) + closed.get(segment, 0)
            for segment in {*removed, *closed}
        }

    def _end_reason_sql(self, now) -> SQL:
        """Return why membership ``m`` ends; first the causes beyond the rule."""
        return SQL(
            """CASE WHEN NOT p.active THEN 'customer_archived'
                    WHEN p.id NOT IN (%(population)s) THEN 'not_customer'
                    WHEN s.rank IS NULL THEN 'segment_archived'
                    WHEN better.rank < s.rank THEN 'priority'
                    WHEN m.date_unlocked = %(now)s THEN 'lock_expired'
                    ELSE 'rule' END""",
            population=self._population_sql(),
            now=now,
        )

    def _apply_kind(self):
        """Let the open memberships know whether the scheme is exclusive now."""
        is_exclusive = self.kind == "exclusive"
        self.env.cr.execute(
            SQL(
                """UPDATE crm_segment_membership SET is_exclusive = %(is_exclusive)s
                    WHERE segmentation_id = %(scheme)s AND date_end IS NULL
                      AND is_exclusive IS DISTINCT FROM %(is_exclusive)s""",
                is_exclusive=is_exclusive,
                scheme=self.id,
            )
        )

    def _open_met(self, now):
        """Open what the target has and the memberships lack; return how many."""
        return self._count_by_segment(
            SQL(
                """INSERT INTO crm_segment_membership (
                       segmentation_id, segment_id, partner_id, company_id,
                       date_start, start_reason, is_exclusive, is_locked,
                       create_date, write_date)
                   SELECT %(scheme)s, t.segment_id, t.partner_id, %(company)s,
                          %(now)s, 'rule', %(is_exclusive)s, FALSE, %(now)s, %(now)s
                     FROM crm_segment_target t
                    WHERE (t.segment_id, t.partner_id) NOT IN (
                          SELECT m.segment_id, m.partner_id
                            FROM crm_segment_membership m
                           WHERE m.segmentation_id = %(scheme)s
                             AND m.date_end IS NULL)
                RETURNING segment_id""",
                scheme=self.id,
                company=self.company_id.id or None,
                now=now,
                is_exclusive=self.kind == "exclusive",
            )
        )

    # --- PREVIEW

    def _preview(self):
        """Return what a refresh would bring, and change nothing.

        :return: ``{segment: {"present": n, "entering": n, "leaving": n}}``
        """
        self.ensure_one()
        self._check_no_cycle()
        self._prepare_planner()
        self._fill_target()
        present = self._count_by_segment(
            SQL("SELECT segment_id FROM crm_segment_target")
        )
        leaving = self._count_by_segment(
            SQL(
                """SELECT m.segment_id FROM crm_segment_membership m
                    WHERE m.segmentation_id = %s AND %s""",
                self.id,
                self._UNMET,
            )
        )
        entering = self._count_by_segment(
            SQL(
                """SELECT t.segment_id FROM crm_segment_target t
                    WHERE NOT EXISTS (
                          SELECT FROM crm_segment_membership m
                           WHERE m.segment_id = t.segment_id
                             AND m.partner_id = t.partner_id AND m.date_end IS NULL)"""
            )
        )
        return {
            segment: {
                "present": present.get(segment.id, 0),
                "entering": entering.get(segment.id, 0),
                "leaving": leaving.get(segment.id, 0),
            }
            for segment in self._get_active_segments()
        }
