import hmac
from datetime import timedelta
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import SQL


class CrmIntakeLimit(models.Model):
    """How often somebody sent something in one hour, counted in the database.

    Counted there, so that all workers count together; and by a keyed digest, so that
    the table tells nobody who it was. Whoever counts takes the row of his sender:
    two requests of one sender wait for each other, so a form that is sent twice at
    the same time is looked at one after the other.
    """

    _name = "crm.intake.limit"
    _description = "Intake Counter"
    _log_access = False
    _rec_name = "sender"

    sender = fields.Char(required=True, readonly=True)
    hour = fields.Datetime(required=True, readonly=True, index=True)
    hits = fields.Integer("Requests", required=True, readonly=True, aggregator="sum")

    _sender_unique = models.UniqueIndex("(sender, hour)")

    @api.model
    def _count(self, *senders):
        """Count one request of each sender; return the highest number of this hour.

        :param senders: texts that name a sender, such as ``user:7``; empty ones are
            left out
        """
        secret = self.env["ir.config_parameter"].sudo()  # style: CRM109 secret key
        key = (secret.get_param("database.secret") or "").encode()
        digests = sorted(
            hmac.new(key, sender.encode(), sha256).hexdigest()
            for sender in senders
            if sender
        )
        hour = fields.Datetime.now().replace(minute=0, second=0, microsecond=0)
        rows = [
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO crm_intake_limit AS known (sender, hour, hits)
                         VALUES (%s, %s, 1)
                    ON CONFLICT (sender, hour) DO UPDATE SET hits = known.hits + 1
                      RETURNING hits
                    """,
                    digest,
                    hour,
                )
            )
            for digest in digests
        ]
        return max((hits for [[hits]] in rows), default=0)

    @api.autovacuum
    def _gc_counters(self):
        """Forget who sent what more than a day ago."""
        limit = fields.Datetime.now() - timedelta(days=1)
        self.search([("hour", "<", limit)], limit=10000).unlink()
