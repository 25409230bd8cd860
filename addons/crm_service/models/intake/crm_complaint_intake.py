import logging

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import email_normalize, format_datetime

_logger = logging.getLogger(__name__)

# how a complaint comes in that its customer is told of at once, if he can be reached
ACKNOWLEDGED = ("portal", "email", "phone", "survey")
# parameters crm_service.*, and what is delivered
INTAKE_SETTINGS = {
    "picture_max": 5,
    "picture_mb": 8,
    "is_pdf_accepted": 0,
    "hourly_limit": 10,
    "mail_hourly_limit": 10,
    "mail_attachment_max": 20,
    "mail_attachment_mb": 10,
    "is_list_refused": 1,
    "mail_duplicate_hours": 24,
    "duplicate_days": 14,
}


class CrmComplaint(models.Model):
    """What happens when a complaint is received, whichever way it came."""

    _inherit = "crm.complaint"

    proof_note = fields.Char(
        "Reason for Missing Proof",
        groups="base.group_user",
        tracking=True,
        help="Why the complaint is handled although required proof is missing.",
    )
    missing_proof = fields.Selection(
        [
            ("picture", "A picture"),
            ("text", "A description"),
            ("lot", "Lot of each tracked product"),
        ],
        compute="_compute_missing_proof",
        help="The proof that this kind of complaint requires and that is missing.",
    )
    intake_token = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Technical field: prevents a form that is sent twice from creating "
        "two complaints.",
    )
    is_acknowledged = fields.Boolean(
        "Acknowledged",
        readonly=True,
        copy=False,
        help="The customer has been told the number of the complaint and when to "
        "expect a reply.",
    )

    _intake_token_unique = models.UniqueIndex(
        "(intake_token) WHERE intake_token IS NOT NULL",
        "This form has already been sent.",
    )

    # --- PROOF

    @api.depends(
        "kind_id.proof",
        "kind_id.is_lot_required",
        "description",
        "line_ids.lot_id",
        "line_ids.product_id.tracking",
        "message_ids.attachment_ids",
    )
    def _compute_missing_proof(self):
        with_picture = self._fetch_ids_with_picture()
        for complaint in self:
            kind = complaint.kind_id
            missing = False
            if kind.proof == "picture" and complaint._origin.id not in with_picture:
                missing = "picture"
            elif kind.proof == "text" and not (complaint.description or "").strip():
                missing = "text"
            elif kind.is_lot_required and any(
                line.product_id.tracking != "none" and not line.lot_id
                for line in complaint.line_ids
            ):
                missing = "lot"
            complaint.missing_proof = missing

    def _fetch_ids_with_picture(self):
        """Return the ids of those of ``self`` that have a picture attached."""
        asking = self.filtered(lambda c: c.kind_id.proof == "picture")
        if not asking:
            return set()
        attachments = self.env["ir.attachment"].sudo()  # style: CRM109 only whether
        groups = attachments._read_group(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", asking._origin.ids),
                ("mimetype", "=like", "image/%"),
            ],
            ["res_id"],
        )
        return {res_id for (res_id,) in groups}

    def _has_picture(self):
        """A picture may be missing where somebody noted why."""
        return bool(self.proof_note) or super()._has_picture()

    # --- ACKNOWLEDGEMENT

    def _on_received(self):
        """Tell the customer at once: the number, and until when we answer."""
        result = super()._on_received()
        for complaint in self:
            if complaint.channel in ACKNOWLEDGED:
                complaint._acknowledge()
        return result

    def _acknowledge(self):
        """Send the acknowledgement once."""
        self.ensure_one()
        template = "crm_service.mail_template_complaint_received"
        if not self.is_acknowledged and self._write_to_customer(template):
            self.with_user(SUPERUSER_ID).is_acknowledged = True

    def _write_to_customer(self, xmlid):
        """Write to the contact, or to the address he gave; return whether we could.

        :param xmlid: of the template; it is no reply, since nobody has written it
        """
        self.ensure_one()
        template = self.env.ref(xmlid, raise_if_not_found=False)
        email = email_normalize(self.partner_id.email or self.email_from)
        if not template or not email:
            return False
        self._portal_ensure_token()
        # the product writes: who sends the mail in is no author and is told
        complaint = self.with_user(SUPERUSER_ID)
        if complaint.partner_id:
            complaint.message_subscribe(complaint.partner_id.ids)
            complaint.with_context(mail_post_autofollow=False).message_post_with_source(
                template,
                message_type="auto_comment",
                subtype_xmlid="mail.mt_comment",
                email_layout_xmlid="mail.mail_notification_light",
            )
        else:
            template.with_user(SUPERUSER_ID).send_mail(
                self.id, email_layout_xmlid="mail.mail_notification_light"
            )
        return True

    def _get_promised_reply_text(self):
        """Return until when a reply is promised, as the customer reads dates."""
        self.ensure_one()
        if not self.deadline_reply:
            return ""
        partner = self.partner_id
        calendar = self.company_id.resource_calendar_id
        return format_datetime(
            self.env,
            self.deadline_reply,
            tz=partner.tz or calendar.tz or "UTC",
            dt_format="long",
            lang_code=partner.lang or self.company_id.partner_id.lang,
        )

    # --- SETTINGS

    @api.model
    def _get_intake_setting(self, name):
        """Return a number of the settings; the delivered one if it makes no sense."""
        default = INTAKE_SETTINGS[name]
        parameters = self.env["ir.config_parameter"].sudo()  # style: CRM109 own keys
        text = parameters.get_param(f"crm_service.{name}", default)
        try:
            return max(0, int(text))
        except ValueError:
            _logger.warning("crm_service.%s is no whole number: %s", name, text)
            return default

    def _log_left_out(self, texts):
        """Note what of an intake was not kept, and why."""
        if texts:
            items = Markup().join(Markup("<li>%s</li>") % text for text in texts)
            self.message_post(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (self.env._("Files that were not added:"), items)
            )
