from odoo import api, fields, models
from odoo.fields import Domain


class CrmDueMixin(models.AbstractModel):
    """Records that a job works off one by one, each again after a while."""

    _name = "crm.due.mixin"
    _description = "Record With Due Work"

    @api.model
    def _cron_work_off(self, due_field, work, again_after):
        """Do ``work`` for every record whose ``due_field`` is empty or over.

        Each record is committed for itself; one that somebody else holds is left
        for the next run, and so is what was not reached in time.

        :param work: function of one record
        :param again_after: time until a record is due again
        """
        now = fields.Datetime.now()
        due = self.search(
            Domain(due_field, "=", False) | Domain(due_field, "<=", now), order="id"
        )
        remaining = len(due)
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        for record in due:
            remaining -= 1
            if record.try_lock_for_update():
                work(record)
                record[due_field] = now + again_after
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break
