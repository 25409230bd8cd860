from odoo import api, models
from odoo.tools import SQL


class CrmWatermark(models.AbstractModel):
    """From which instant on a later run looks for what was written.

    ``write_date`` is the start of the writing transaction, so a row that a slow
    transaction commits after a run bears a time before it. The watermark of a run is
    therefore the start of the oldest transaction that was open when it began, and
    is read before the run sees its first row.
    """

    _name = "crm.watermark"
    _description = "Watermark of a Refresh"

    @api.model
    def _read(self):
        """Return the start of the oldest transaction now open in this database."""
        [[watermark]] = self.env.execute_query(
            SQL(
                """SELECT LEAST(MIN(xact_start), now()) AT TIME ZONE 'UTC'
                     FROM pg_stat_activity
                    WHERE datname = current_database()"""
            )
        )
        return watermark.replace(microsecond=0)
