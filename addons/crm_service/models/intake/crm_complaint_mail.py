import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize, html2plaintext

from ...tools.intake_file import split_attachments
from ...tools.intake_mail import find_reason, is_automatic
from ...tools.intake_text import (
    clean_text,
    find_references,
    fingerprint,
    plain_subject,
)

_logger = logging.getLogger(__name__)

TITLE_MAX = 120
TEXT_MAX = 20000


class CrmComplaint(models.Model):
    """Complaints by e-mail: who wrote, about which order, and what is none at all.

    A mail comes here by the mailbox of a team (new) or as an answer (known
    complaint). :meth:`_reroute` decides before anything is stored.
    """

    _inherit = "crm.complaint"

    mail_fingerprint = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Technical field: identifies the e-mail that the complaint came from "
        "by its sender, subject and text.",
    )

    _mail_fingerprint_idx = models.Index(
        "(mail_fingerprint, date_received) WHERE mail_fingerprint IS NOT NULL"
    )

    # --- ROUTING

    @api.model
    def _reroute(self, message, msg_dict, route):
        """Return where a mail goes: its route, that of a known complaint, or None.

        What no person wrote is left out, and the log says why. The same words of the
        same sender join the complaint that they have made before.
        """
        model, thread_id, custom_values, user_id, alias = route
        headers = {name.lower(): str(value) for name, value in message.items()}
        if thread_id:
            if is_automatic(headers):
                msg_dict["message_type"] = "out_of_office"  # no customer's own words
            known = self.browse(thread_id).sudo()  # style: CRM109 the gateway's route
            return model, known._get_remaining().id, custom_values, user_id, alias
        reason = self._find_ignore_reason(headers, msg_dict)
        if reason:
            _logger.info(
                "No complaint from the mail %s of %s: %s",
                msg_dict.get("message_id"),
                msg_dict.get("email_from"),
                reason,
            )
            return None
        if self._is_mail_too_often(msg_dict):
            self._keep_mail(msg_dict, custom_values)
            return None
        if known := self._find_same_mail(msg_dict):
            _logger.info(
                "The mail %s of %s repeats what made %s and joins it",
                msg_dict.get("message_id"),
                msg_dict.get("email_from"),
                known.name,
            )
            return model, known.id, None, user_id, alias
        return route

    @api.model
    def _find_ignore_reason(self, headers, msg_dict):
        aliases = self.env["mail.alias"].sudo()  # style: CRM109 our own addresses
        sender = email_normalize(msg_dict.get("email_from"))
        own = aliases.search([("alias_full_name", "=", sender)], limit=1)
        return find_reason(
            headers,
            sender,
            own.mapped("alias_full_name"),
            are_lists_ignored=bool(self._get_intake_setting("is_list_refused")),
        )

    @api.model
    def _find_same_mail(self, msg_dict):
        hours = self._get_intake_setting("mail_duplicate_hours")
        complaints = self.sudo()  # style: CRM109 the gateway looks for its own work
        same = complaints.search(
            [
                ("mail_fingerprint", "=", self._get_mail_fingerprint(msg_dict)),
                ("date_received", ">=", fields.Datetime.now() - timedelta(hours=hours)),
            ],
            order="id",
            limit=1,
        )
        return same._get_remaining()

    @api.model
    def _get_mail_fingerprint(self, msg_dict):
        return fingerprint(
            email_normalize(msg_dict.get("email_from")),
            msg_dict.get("subject"),
            html2plaintext(msg_dict.get("body") or ""),
        )

    # --- A NEW COMPLAINT

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a complaint of a mail: customer, order, words, files within limits."""
        complaints = self.with_context(default_user_id=False)
        vals = {**(custom_values or {})}
        left_out = complaints._limit_attachments(msg_dict)
        company = self.env["res.company"].browse(vals.get("company_id"))
        company = company or self.env.company
        partner, order, hints = complaints._find_mail_customer(msg_dict, company)
        vals |= complaints._prepare_mail_vals(msg_dict, partner, order)
        if partner:
            msg_dict["author_id"] = partner.id
        complaint = super(CrmComplaint, complaints).message_new(msg_dict, vals)
        complaint._log_left_out(left_out)
        for hint in hints:
            complaint.message_post(body=hint)
        return complaint

    @api.model
    def _prepare_mail_vals(self, msg_dict, partner, order):
        text = clean_text(html2plaintext(msg_dict.get("body") or ""))
        title = plain_subject(msg_dict.get("subject"))
        name = (msg_dict.get("email_from") or "").split("<")[0].strip(' "')
        return {
            "name": self.env._("New"),
            "channel": "email",
            "user_id": False,
            "title": title[:TITLE_MAX] or self.env._("No subject"),
            "description": text[:TEXT_MAX],
            "email_from": msg_dict.get("email_from"),
            "partner_name": clean_text(name, is_line=True)[:TITLE_MAX] or False,
            "partner_id": partner.id,
            "order_id": order.id,
            "mail_fingerprint": self._get_mail_fingerprint(msg_dict),
        }

    @api.model
    def _find_mail_customer(self, msg_dict, company):
        """Return (contact, order, hints) that a mail is of.

        An order counts only if it belongs to the customer who wrote: its number in a
        subject proves nothing. Whoever handles the complaint is told of the others.
        """
        partners = self._find_senders(msg_dict, company)
        orders = self._find_orders(msg_dict.get("subject"), company)
        none = orders.browse()
        for order in orders:
            customer = order.partner_id.commercial_partner_id
            match = partners.filtered(
                lambda p, customer=customer: p.commercial_partner_id == customer
            )
            if match:
                return match[0], order, []
        hints = [
            self.env._(
                "The subject mentions %(order)s of %(customer)s, but this customer "
                "did not send the e-mail.",
                order=order.name,
                customer=order.partner_id.commercial_partner_id.name,
            )
            for order in orders[:3]
        ]
        customers = partners.commercial_partner_id
        if len(customers) > 1:
            hints.append(
                self.env._(
                    "Several customers use this address: %(customers)s. Check whose "
                    "complaint this is.",
                    customers=", ".join(customers.mapped("name")),
                )
            )
        return partners[:1], none, hints

    @api.model
    def _find_senders(self, msg_dict, company):
        """Return the contacts with the sender's address, buying customers first."""
        address = email_normalize(msg_dict.get("email_from"))
        contacts = self.env["res.partner"].sudo()  # style: CRM109 who wrote to us
        if not address:
            return contacts
        found = contacts.search(
            [
                ("email_normalized", "=", address),
                ("partner_share", "=", True),
                ("company_id", "in", [company.id, False]),
            ],
            limit=20,
            order="id",
        )
        ordered = self.env["sale.order"].sudo()  # style: CRM109 whether he buys
        buying = {
            customer.commercial_partner_id.id
            for (customer,) in ordered._read_group(
                [
                    ("partner_id", "child_of", found.commercial_partner_id.ids),
                    ("state", "=", "sale"),
                ],
                ["partner_id"],
            )
        }
        return found.sorted(
            lambda p: (p.commercial_partner_id.id not in buying, not p.user_ids, p.id)
        )

    @api.model
    def _find_orders(self, subject, company):
        """Return the confirmed orders of a company that a subject names."""
        orders = self.env["sale.order"].sudo()  # style: CRM109 matched with the sender
        words = find_references(subject)
        if not words:
            return orders
        return orders.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
                "|",
                ("name", "in", words),
                ("client_order_ref", "in", words),
            ],
            limit=10,
        )

    @api.model
    def _limit_attachments(self, msg_dict):
        """Take out of a mail what is too much; return texts that name it."""
        attachments = list(msg_dict.get("attachments") or [])
        max_bytes = self._get_intake_setting("mail_attachment_mb") * 1024 * 1024
        kept, left_out = split_attachments(
            [len(attachment[1] or "") for attachment in attachments],
            self._get_intake_setting("mail_attachment_max"),
            max_bytes,
            max_bytes * 2,
        )
        msg_dict["attachments"] = [attachments[position] for position in kept]
        return [
            self.env._(
                "%(name)s (%(size)s kB)",
                name=clean_text(attachments[position][0], is_line=True)[:80],
                size=len(attachments[position][1] or "") // 1024,
            )
            for position in left_out
        ]

    # --- ANSWERS

    def message_update(self, msg_dict, update_vals=None):
        """A customer's answer ends the waiting for him; a machine's does not."""
        left_out = self._limit_attachments(msg_dict)
        result = super().message_update(msg_dict, update_vals=update_vals)
        self._log_left_out(left_out)
        return result

    def _get_remaining(self):
        """Return the complaint that these were merged into, else these."""
        complaint = self
        while complaint.merged_into_id:
            complaint = complaint.merged_into_id
        return complaint
