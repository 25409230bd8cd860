from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from .crm_sales_activity_meeting import MEETING_DAYS


class CalendarEvent(models.Model):
    """A mark on meetings that are on record as a sales activity, or never will be.

    The mark stays when the activity is deleted: somebody did not want it. Meetings
    that were over long before the add-on came are history, and not logged.
    """

    _inherit = "calendar.event"

    crm_is_logged = fields.Boolean(
        "Logged as a Sales Activity",
        readonly=True,
        copy=False,
        groups="crm_strategy.group_manager",
        help="The meeting is not logged as a sales activity again, even if its "
        "activity is deleted.",
    )

    _crm_not_logged_idx = models.Index(
        """(id) WHERE crm_is_logged IS NOT TRUE
           AND (opportunity_id IS NOT NULL OR res_id > 0)"""
    )

    def _init_column(self, column_name):
        """Mark what was over long before there were marks."""
        if column_name != "crm_is_logged":
            return super()._init_column(column_name)
        until = fields.Datetime.now() - timedelta(days=MEETING_DAYS)
        self.env.cr.execute(
            SQL("UPDATE calendar_event SET crm_is_logged = TRUE WHERE stop < %s", until)
        )
        return None

    def _mark_logged(self):
        """Never log these meetings again; no change that other programs would see."""
        if self:
            self.env.execute_query(
                SQL(
                    """UPDATE calendar_event SET crm_is_logged = TRUE
                        WHERE id = ANY(%s) AND crm_is_logged IS NOT TRUE
                    RETURNING id""",
                    self.ids,
                )
            )
            self.invalidate_recordset(["crm_is_logged"])
