import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.corrective_states import MEASURED, change, rate

_logger = logging.getLogger(__name__)
BATCH = 100


class CrmCorrectiveAction(models.Model):
    """Whether it works: complaints in equal windows before and after.

    Counted are the complaints (no opinions, no cancelled ones) of its cause with all
    below it, its kind, its product and its supplier, by the day they were received.
    With a product they are set against what was shipped of it, less returns. The
    windows end on the day before, and begin on the day, of the implementation; as
    long as the time after is not over, both are as long as the time that has passed.
    """

    _inherit = "crm.corrective.action"

    window_days = fields.Integer(
        "Days Compared",
        default=90,
        required=True,
        help="The number of days compared before and after the implementation.",
    )
    measured_days = fields.Integer("Days Measured", readonly=True, copy=False)
    date_measured = fields.Datetime("Measured On", readonly=True, copy=False)
    before_count = fields.Integer("Complaints Before", readonly=True, copy=False)
    after_count = fields.Integer("Complaints After", readonly=True, copy=False)
    before_shipped = fields.Float(
        "Shipped Before", readonly=True, copy=False, digits="Product Unit"
    )
    after_shipped = fields.Float(
        "Shipped After", readonly=True, copy=False, digits="Product Unit"
    )
    before_rate = fields.Float(
        "Per Million Before",
        readonly=True,
        copy=False,
        digits=(16, 1),
        aggregator=None,
        help="Complaints per million units shipped.",
    )
    after_rate = fields.Float(
        "Per Million After", readonly=True, copy=False, digits=(16, 1), aggregator=None
    )
    change_percent = fields.Float(
        "Change (%)",
        readonly=True,
        copy=False,
        digits=(16, 1),
        aggregator="avg",
        help="The change of the rate if goods were shipped before and after, "
        "otherwise of the number of complaints. Lower is better.",
    )
    is_rate = fields.Boolean(
        readonly=True, copy=False, help="Technical field: the change compares rates."
    )
    is_changed = fields.Boolean(
        readonly=True, copy=False, help="Technical field: there is a change to show."
    )

    _window_positive = models.Constraint(
        "CHECK(window_days >= 1)", "At least one day before and after must be compared."
    )

    # --- ACTIONS

    def action_measure_effect(self):
        """Compare before and after, as far as the time has passed."""
        self.check_access("write")
        for action in self:
            if action.state not in MEASURED or action._get_days_passed() < 1:
                raise UserError(
                    self.env._(
                        "“%(name)s” can only be measured from the day after its "
                        "implementation. Try again later.",
                        name=action.name,
                    )
                )
            action._measure_effect()

    def _check_effect(self):
        """Raise UserError where nobody has looked at the figures yet."""
        if not self.date_measured:
            raise UserError(
                self.env._(
                    "“%(name)s”: measure the effect before you mark the action as "
                    "verified.",
                    name=self.name,
                )
            )

    def _forget_effect(self):
        self.write(
            {
                "date_measured": False,
                "measured_days": 0,
                "before_count": 0,
                "after_count": 0,
                "before_shipped": 0.0,
                "after_shipped": 0.0,
                "before_rate": 0.0,
                "after_rate": 0.0,
                "change_percent": 0.0,
                "is_rate": False,
                "is_changed": False,
            }
        )

    # --- CRON

    @api.model
    def _cron_measure_effect(self):
        """Measure once more, for good, what has run its full time."""
        cron = self.env["ir.cron"]
        query = SQL(
            """SELECT id FROM crm_corrective_action
                WHERE active AND state IN %s
                  AND COALESCE(measured_days, 0) < window_days
                  AND date_implemented + window_days <= %s ORDER BY id LIMIT %s""",
            MEASURED,
            fields.Date.context_today(self),
            BATCH,
        )
        self.flush_model()
        due = self.browse([row[0] for row in self.env.execute_query(query)])
        cron._commit_progress(remaining=len(due))
        for place, action in enumerate(due, 1):
            try:
                with self.env.cr.savepoint():
                    action._measure_effect()
            except Exception:
                _logger.exception("Effect of corrective action %s", action.id)
            if not cron._commit_progress(1, remaining=len(due) - place):
                break

    # --- MEASUREMENT

    def _get_days_passed(self):
        """Return the days since the implementation, its own day counted."""
        today = self.env["crm.sale.fact"]._get_today(self.company_id)
        return (today - self.date_implemented).days

    def _measure_effect(self):
        """Keep the figures of both windows with the time of the measurement."""
        self.ensure_one()
        days = min(self.window_days, self._get_days_passed())
        before, after = self._count_windows(timedelta(days=days))
        rates = [rate(*before), rate(*after)]
        is_rate = None not in rates
        pair = rates if is_rate else (before[0], after[0])
        percent = change(*pair)
        self.write(
            {
                "date_measured": fields.Datetime.now(),
                "measured_days": days,
                "before_count": before[0],
                "after_count": after[0],
                "before_shipped": before[1],
                "after_shipped": after[1],
                "before_rate": rates[0] or 0.0,
                "after_rate": rates[1] or 0.0,
                "change_percent": percent or 0.0,
                "is_rate": is_rate,
                "is_changed": percent is not None,
            }
        )

    def _count_windows(self, span):
        """Return (complaints, shipped) of the window before and of the one after."""
        start = self.date_implemented
        day = timedelta(days=1)
        windows = [(start - span, start - day), (start, start + span - day)]
        facts = self.env["crm.sale.fact"]
        values = SQL(", ").join(
            SQL(
                "(%s, %s::timestamp, %s::timestamp)",
                place,
                *facts._get_utc_bounds(self.company_id, *window),
            )
            for place, window in enumerate(windows)
        )
        query = SQL(
            """SELECT w.place, (%(complaints)s), COALESCE((%(shipped)s), 0)
                 FROM (VALUES %(windows)s) w(place, begin, after)
             ORDER BY w.place""",
            complaints=self._complaints_sql(),
            shipped=self._shipped_sql(),
            windows=values,
        )
        self.env.flush_all()
        return [
            (complaints, float(shipped))
            for _place, complaints, shipped in self.env.execute_query(query)
        ]

    def _complaints_sql(self) -> SQL:
        """Return how many complaints of this subject came within window ``w``."""
        return SQL(
            """SELECT COUNT(*)::int FROM crm_complaint c
                WHERE c.company_id = %s AND c.type = 'complaint'
                  AND c.state <> 'cancelled'
                  AND c.date_received >= w.begin AND c.date_received < w.after %s""",
            self.company_id.id,
            SQL(" ").join(self._get_subject_sql()),
        )

    def _get_subject_sql(self):
        """Return the conditions that a complaint ``c`` is about this subject."""
        conditions = []
        if self.cause_id:
            causes = self.cause_id.with_context(active_test=False).search(
                [("id", "child_of", self.cause_id.id)]
            )
            conditions.append(SQL("AND c.cause_id = ANY(%s)", causes.ids))
        if self.kind_id:
            conditions.append(SQL("AND c.kind_id = %s", self.kind_id.id))
        if lines := self._get_line_sql():
            conditions.append(
                SQL(
                    """AND EXISTS (SELECT FROM crm_complaint_line l
                                    WHERE l.complaint_id = c.id AND %s)""",
                    SQL(" AND ").join(lines),
                )
            )
        return conditions

    def _get_line_sql(self):
        """Return the conditions that a line ``l`` is about this subject."""
        conditions = []
        if self.product_id:
            conditions.append(SQL("l.product_id = %s", self.product_id.id))
        if self.supplier_id:
            supplier = self.supplier_id.commercial_partner_id
            conditions.append(SQL("l.supplier_id = %s", supplier.id))
        return conditions

    def _shipped_sql(self) -> SQL:
        """Return what was shipped of the product within window ``w``.

        As :class:`crm.complaint.rate` counts it, the former system's orders included.
        """
        if not self.product_id:
            return SQL("SELECT 0")
        return SQL(
            """SELECT SUM(shipped) FROM (
               SELECT SUM(m.quantity::float8 * u.factor / tu.factor
                          * CASE WHEN ld.usage = 'customer' THEN 1 ELSE -1 END)
                          AS shipped
                 FROM stock_move m
                 JOIN stock_location ls ON ls.id = m.location_id
                 JOIN stock_location ld ON ld.id = m.location_dest_id
                 JOIN uom_uom u ON u.id = m.product_uom
                 JOIN uom_uom tu ON tu.id = %(unit)s
                WHERE m.product_id = %(product)s AND m.company_id = %(company)s
                  AND m.state = 'done'
                  AND (ls.usage = 'customer') <> (ld.usage = 'customer')
                  AND m.date >= w.begin AND m.date < w.after
               UNION ALL
               SELECT SUM(l.qty_delivered::float8 * u.factor / tu.factor)
                 FROM sale_order_line l
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN uom_uom u ON u.id = l.product_uom_id
                 JOIN uom_uom tu ON tu.id = %(unit)s
                WHERE l.product_id = %(product)s AND o.company_id = %(company)s
                  AND o.sales_history_key IS NOT NULL AND o.state = 'sale'
                  AND o.date_order >= w.begin AND o.date_order < w.after) both_ways""",
            unit=self.product_id.uom_id.id,
            product=self.product_id.id,
            company=self.company_id.id,
        )
