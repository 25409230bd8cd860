import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
#: So many meetings are looked at in one go
MEETING_BATCH = 100
#: A meeting that is none of ours may become one for so many days after its end
MEETING_DAYS = 7


class CrmSalesActivity(models.Model):
    """Meetings with customers that are over are touches that are done.

    Only what is linked to a customer, an opportunity or an order is logged by itself;
    other meetings can be logged by a button. Private meetings never are, nor those
    that their organizer declined. Of a series, each meeting is one touch once it is
    over; what was deleted from it is none.

    A meeting that was logged bears a mark, so that it is logged once, whatever becomes
    of its touch. So does one that is over for a week and could not be logged.
    """

    _inherit = "crm.sales.activity"

    @api.model
    def _cron_log_meetings(self):
        """Log the meetings with customers that are over, in batches."""
        cron = self.env["ir.cron"]
        last_id = 0
        while events := self._find_meetings(last_id):
            for event in events:
                self._try_log_meeting(event)
            last_id = events[-1].id
            self._find_over(events)._mark_logged()
            if not cron._commit_progress(len(events)):
                break

    @api.model
    def _try_log_meeting(self, event):
        """Log a meeting; one that cannot be logged does not hold up the others."""
        try:
            with self.env.cr.savepoint():
                self._log_meeting(event)
        except Exception:
            _logger.exception("Meeting %s as a sales activity", event.id)

    @api.model
    def _find_over(self, events):
        """Return those of ``events`` that are over for so long that nobody waits."""
        until = fields.Datetime.now() - timedelta(days=MEETING_DAYS)
        return events.filtered(lambda event: event.stop < until)

    @api.model
    def _find_meetings(self, last_id):
        """Return the next meetings that are over and not on record, by their id."""
        self.env["calendar.event"].flush_model()
        self.flush_model(["event_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT e.id
                     FROM calendar_event e
                    WHERE e.active AND e.id > %(last)s AND e.stop < %(now)s
                      AND e.crm_is_logged IS NOT TRUE
                      AND (e.opportunity_id IS NOT NULL
                           OR (e.res_model IN %(models)s AND e.res_id > 0))
                      AND COALESCE(e.privacy, '') <> 'private'
                      AND NOT EXISTS (SELECT FROM crm_sales_activity a
                                       WHERE a.event_id = e.id)
                 ORDER BY e.id LIMIT %(limit)s""",
                last=last_id,
                now=fields.Datetime.now(),
                models=tuple(self._get_source_models()),
                limit=MEETING_BATCH,
            )
        )
        return self.env["calendar.event"].browse([row[0] for row in rows])

    @api.model
    def _log_meeting(self, event):
        """Log one meeting that is over, unless somebody does not want it."""
        user = event.user_id
        declined = event.attendee_ids.filtered(
            lambda a: a.partner_id == user.partner_id and a.state == "declined"
        )
        if declined or event.effective_privacy == "private":
            return self.browse()
        vals = self.with_user(user)._prepare_meeting_vals(event) if user else None
        if not vals:
            return self.browse()
        company = self.env["res.company"].browse(vals["company_id"])
        if not self._is_logged("meeting", company, user):
            return self.browse()
        return self.with_user(user)._log_touch(vals)

    @api.model
    def _prepare_meeting_vals(self, event):
        """Return the touch that a meeting is, None without a customer or kind."""
        subject = self._find_meeting_subject(event)
        if not subject:
            return None
        company = self._get_touch_company(subject)
        kind = self._find_kind(company, event.activity_ids.activity_type_id)
        kind = kind or self._find_kind(company, code="meeting")
        if not kind:
            return None
        people = event.partner_ids.user_ids.filtered(lambda user: not user.share)
        contacts = event.partner_ids.filtered(
            lambda p: (
                p.commercial_partner_id.id == subject["partner_id"] and p.parent_id
            )
        )
        contact_ids = [
            *subject.pop("contact_ids", []),
            *(fields.Command.link(contact.id) for contact in contacts),
        ]
        return {
            **subject,
            "contact_ids": contact_ids,
            "source": "meeting",
            "kind_id": kind.id,
            "name": event.name,
            "user_id": (event.user_id or self.env.user).id,
            "user_ids": [fields.Command.set((people | event.user_id).ids)],
            "company_id": company.id,
            "date_start": event.start,
            "duration": (
                kind.duration if event.allday else self._get_event_hours(event)
            ),
            "event_id": event.id,
        }

    @api.model
    def _find_meeting_subject(self, event):
        """Return whom a meeting is with: by its document, else by who takes part."""
        event = event.sudo()  # style: CRM109 whom one's own meeting is with
        records = [event.opportunity_id] if event.opportunity_id else []
        if event.res_id and event.res_model in self._get_source_models():
            records.append(self.env[event.res_model].browse(event.res_id))
        records += list(event.partner_ids.filtered("partner_share"))
        for record in records:
            if subject := self._prepare_subject_vals(record):
                return subject
        return None
