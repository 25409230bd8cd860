import contextlib
import threading

from odoo import api, fields, models
from odoo.tools import SQL

#: What takes the time of the database or of the process, whatever the clock says:
#: table, columns
STAMPS = {
    "crm_complaint": ("create_date",),
    "crm_complaint_contact": ("date", "create_date"),
    "crm_complaint_stock": ("date_kept",),
    "crm_complaint_step": ("create_date",),
    "crm_complaint_remedy": ("create_date",),
    "mail_message": ("date", "create_date"),
    "mail_activity": ("create_date",),
    "sale_order": ("create_date",),
    "stock_picking": ("create_date",),
    "stock_move": ("create_date",),
    "account_move": ("create_date",),
    "ir_attachment": ("create_date",),
}


@contextlib.contextmanager
def stand_still(moment):
    """Let the ORM's clock stand at ``moment``, for this thread only.

    Promised times, invoice dates and follow-up days are then worked out as on that
    day. Used by the demo story alone, while it is loaded.
    """
    thread = threading.get_ident()
    clocks = {
        (fields.Datetime, "now"): lambda *_args: moment,
        (fields.Date, "today"): lambda *_args: moment.date(),
        (fields.Date, "context_today"): lambda record, timestamp=None: real_today(
            record, timestamp or moment
        ),
    }
    real_today = fields.Date.context_today
    real = {(owner, name): getattr(owner, name) for owner, name in clocks}

    def choose(key):
        def tell(*args, **kwargs):
            is_here = threading.get_ident() == thread
            return (clocks if is_here else real)[key](*args, **kwargs)

        return staticmethod(tell)

    for owner, name in clocks:
        setattr(owner, name, choose((owner, name)))
    try:
        yield
    finally:
        for (owner, name), clock in real.items():
            setattr(owner, name, staticmethod(clock))


class CrmDemoStory(models.AbstractModel):
    """The past of a service desk, told by the buttons that people press."""

    _inherit = "crm.demo.story"

    @contextlib.contextmanager
    def _at(self, moment):
        """Do something as if it were ``moment`` (UTC)."""
        marks = self._get_marks()
        with stand_still(moment):
            yield
            if not self.env.context.get("tracking_disable"):
                self.env.cr.flush()  # what is tracked is noted now, not at the end
        self._date_back(marks, moment)

    @api.model
    def _get_marks(self):
        """Return {table: highest id}."""
        parts = [
            SQL("SELECT %s, COALESCE(MAX(id), 0) FROM %s", table, SQL.identifier(table))
            for table in STAMPS
        ]
        return dict(self.env.execute_query(SQL(" UNION ALL ").join(parts)))

    @api.model
    def _date_back(self, marks, moment):
        """Give what came after ``marks`` the time ``moment``."""
        self.env.flush_all()
        for table, columns in STAMPS.items():
            sets = SQL(", ").join(
                SQL("%s = %s", SQL.identifier(column), moment) for column in columns
            )
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id > %s",
                    SQL.identifier(table),
                    sets,
                    marks[table],
                )
            )
        for table, columns in STAMPS.items():
            self.env[table.replace("_", ".")].invalidate_model(columns, flush=False)

    # --- TIME OF THE DESK

    @api.model
    def _get_desk(self):
        return self.env.ref("crm_service.crm_service_team_main")

    @api.model
    def _plan(self, hours, start):
        """Return the time so many hours of work after ``start``, or before it."""
        return self._get_desk()._plan_hours(hours, start)

    @api.model
    def _get_time(self, days_ago, clock):
        """Return ``clock`` (hours:minutes in the company) of a past day, as UTC."""
        hours, minutes = (int(part) for part in clock.split(":"))
        midnight = self._get_moment(self._get_day(days_ago))
        return fields.Datetime.add(midnight, hours=hours - 20, minutes=minutes)
