import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools.sales_activity_states import OPEN

_logger = logging.getLogger(__name__)

OUR_USERS = "crm_strategy.group_user"
#: Within how long the same kind of touch of the same person is the same touch
SAME_HOURS = 2
#: What people have touches about: models with a customer
SOURCE_MODELS = (
    "res.partner",
    "crm.lead",
    "sale.order",
    "account.move",
    "stock.picking",
    "crm.need",
)


class _Automatic:
    """The mark of what is logged by itself; nothing of the kind can come by RPC."""


AUTOMATIC = _Automatic()


class CrmSalesActivity(models.Model):
    """How touches come to be from what people do elsewhere in the host.

    An activity marked as done, a meeting that is over, an e-mail sent: each becomes
    one touch, or completes the one that it is linked to. What is logged by itself
    needs no report; the filter *Outcome Missing* finds it. Each source can be
    switched off in the settings of a company.
    """

    _inherit = "crm.sales.activity"

    @api.model
    def _get_source_models(self):
        """Return the models whose activities, meetings and e-mails are logged."""
        return SOURCE_MODELS

    @api.model
    def _find_customer(self, record):
        """Return the customer whom ``record`` is about, none if he is one of us."""
        partner = record if record._name == "res.partner" else record.partner_id
        customer = partner.commercial_partner_id
        if not customer.partner_share or customer.ref_company_ids:
            return customer.browse()
        return customer

    @api.model
    def _prepare_subject_vals(self, record):
        """Return customer, contact, opportunity, documents and company of ``record``.

        None if it is about no customer. As the system: whoever works on a document
        may log the touch.
        """
        record = record.sudo()  # style: CRM109 the customer of one document
        if record._name not in self._get_source_models() or not record.exists():
            return None
        customer = self._find_customer(record)
        if not customer:
            return None
        is_partner = record._name == "res.partner"
        contact = record if is_partner else record.partner_id
        vals = {"partner_id": customer.id}
        if contact != customer:
            vals["contact_ids"] = [Command.link(contact.id)]
        if record._name == "crm.lead":
            vals["lead_id"] = record.id
        elif not is_partner:
            vals |= self._prepare_document_vals(record)
        company = "company_id" in record._fields and record.company_id
        if company:
            vals["company_id"] = company.id
        return vals

    @api.model
    def _prepare_document_vals(self, record):
        linked = self.env["crm.sales.activity.document"]._get_document_models()
        if record._name not in linked:
            return {}
        vals = {"document_ref": f"{record._name},{record.id}"}
        if record._name == "sale.order" and record.opportunity_id:
            return {
                "lead_id": record.opportunity_id.id,
                "document_ids": [Command.create(vals)],
            }
        return {"document_ids": [Command.create(vals)]}

    @api.model
    def _get_touch_company(self, subject):
        """Return the company of a document, else that in which one works."""
        company_id = subject.get("company_id") or self.env.company.id
        return self.env["res.company"].browse(company_id)

    @api.model
    def _is_logged(self, source, company, user):
        """Return whether what ``user`` does at ``source`` is logged by itself."""
        if not user or user.share or not user.has_group(OUR_USERS):
            return False
        company = company.sudo()  # style: CRM109 a setting
        return bool(company[f"crm_activity_from_{source}"])

    @api.model
    def _log_touch(self, vals):
        """Log what took place by itself: a touch that is done, in its company."""
        company = self.env["res.company"].browse(vals["company_id"])
        touches = (
            self.sudo()  # style: CRM109 the person did it, whatever he may write
            .with_company(company)
            .with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        )
        touch = touches.create({"state": "planned", **vals})
        touch._complete()
        return touch

    @api.model
    def _log_automatically(self, vals):
        """Log what a person did elsewhere; a failure never stops that person."""
        try:
            with self.env.cr.savepoint():
                return self._log_touch(vals)
        except (UserError, psycopg2.IntegrityError) as e:
            _logger.warning("Not logged as a sales activity: %s", e)
            return self.browse()

    def _complete(self, vals=None):
        """Mark as done what took place, without asking for a report."""
        touches = self.sudo()  # style: CRM109 the person did it elsewhere
        touches = touches.with_context(crm_service_automatic=AUTOMATIC)
        for touch in touches.filtered(lambda t: t.state in OPEN):
            if touch.state == "proposed":
                touch._move("plan")
            touch.write(vals or {})
            touch._move("done")

    def _check_report(self):
        if self.env.context.get("crm_service_automatic") is AUTOMATIC:
            return
        super()._check_report()

    @api.model
    def _find_same(self, kind, customer_id, user, link):
        """Return what a person did a moment ago that is this very touch.

        Who writes an e-mail and then marks the activity for it as done had one touch.

        :param link: the field that is still free on it
        """
        since = fields.Datetime.now() - timedelta(hours=SAME_HOURS)
        touches = self.sudo()  # style: CRM109 whether it is on record
        return touches.search(
            [
                ("kind_id", "=", kind.id),
                ("partner_id", "=", customer_id),
                ("user_id", "=", user.id),
                ("state", "=", "done"),
                ("date_done", ">=", since),
                (link, "=", False),
            ],
            limit=1,
        )

    @api.model
    def _find_kind(self, company, activity_types=None, code=None):
        """Return the kind for ``company``: that of an activity type, or by its code."""
        kinds = self.env["crm.sales.activity.kind"].sudo()  # style: CRM109 a setting
        domain = [("company_id", "in", [company.id, False])]
        if activity_types is not None:
            domain += [("activity_type_ids", "in", activity_types.ids)]
        else:
            domain += [("code", "=", code)]
        return kinds.search(domain, limit=1)

    # --- FROM SCHEDULED ACTIVITIES

    @api.model
    def _log_mail_activities(self, mail_activities, feedback):
        """Log host activities that were marked as done."""
        for mail_activity in mail_activities:
            self._log_mail_activity(mail_activity, feedback)

    @api.model
    def _log_mail_activity(self, mail_activity, feedback):
        links = {"mail_activity_id": mail_activity.id}
        if feedback:
            links["findings"] = feedback
        known = self._find_linked(mail_activity)
        if known:
            known._complete({} if known.mail_activity_id else links)
            return
        vals = self._prepare_mail_activity_vals(mail_activity)
        if not vals:
            return
        kind = self.env["crm.sales.activity.kind"].browse(vals["kind_id"])
        user = self.env.user
        same = self._find_same(kind, vals["partner_id"], user, "mail_activity_id")
        if same:
            if same.findings:
                links.pop("findings", None)
            same.write(links)
        else:
            self._log_automatically({**vals, **links})

    @api.model
    def _prepare_mail_activity_vals(self, mail_activity):
        """Return the touch that an activity is, None if it is none."""
        record = self.env[mail_activity.res_model].browse(mail_activity.res_id)
        subject = self._prepare_subject_vals(record)
        if not subject:
            return None
        user = self.env.user
        company = self._get_touch_company(subject)
        kind = self._find_kind(company, mail_activity.activity_type_id)
        if not kind or not self._is_logged("activity", company, user):
            return None
        vals = {
            **subject,
            "source": "activity",
            "kind_id": kind.id,
            "user_id": user.id,
            "company_id": company.id,
        }
        if mail_activity.summary:
            vals["name"] = mail_activity.summary
        if event := mail_activity.calendar_event_id:
            hours = kind.duration if event.allday else self._get_event_hours(event)
            vals |= {
                "event_id": event.id,
                "date_start": event.start,
                "duration": hours,
            }
        return vals

    @api.model
    def _find_linked(self, mail_activity):
        """Return the touch that this activity, or its meeting, is already."""
        event = mail_activity.calendar_event_id
        touches = self.sudo()  # style: CRM109 whether it is on record
        domain = [("mail_activity_id", "=", mail_activity.id)]
        if event:
            domain = ["|", ("event_id", "=", event.id), *domain]
        return touches.search(domain, limit=1)
