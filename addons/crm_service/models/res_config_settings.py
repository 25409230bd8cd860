from odoo import fields, models

from .intake.crm_complaint_intake import INTAKE_SETTINGS


class ResConfigSettings(models.TransientModel):
    """What strangers may send to customer service, how often, and value classes."""

    _inherit = "res.config.settings"

    is_visit_checkin = fields.Boolean(
        related="company_id.is_visit_checkin", readonly=False
    )
    crm_service_value_scheme_id = fields.Many2one(
        related="company_id.crm_service_value_scheme_id", readonly=False
    )
    crm_service_is_own_gate_allowed = fields.Boolean(
        related="company_id.crm_service_is_own_gate_allowed", readonly=False
    )
    service_picture_max = fields.Integer(
        "Files per Complaint",
        config_parameter="crm_service.picture_max",
        default=INTAKE_SETTINGS["picture_max"],
    )
    service_picture_mb = fields.Integer(
        "Size of a File (MB)",
        config_parameter="crm_service.picture_mb",
        default=INTAKE_SETTINGS["picture_mb"],
    )
    service_is_pdf_accepted = fields.Selection(
        [("0", "Pictures"), ("1", "Pictures and PDF")],
        "Accepted Files",
        config_parameter="crm_service.is_pdf_accepted",
        default="0",
        help="Pictures are re-encoded so that they cannot hide anything else. PDF "
        "files are kept as the customer sent them.",
    )
    service_hourly_limit = fields.Integer(
        "Forms per Hour",
        config_parameter="crm_service.hourly_limit",
        default=INTAKE_SETTINGS["hourly_limit"],
        help="The maximum number of forms that one customer may submit per hour; "
        "three times as many are allowed from one IP address.",
    )
    service_mail_hourly_limit = fields.Integer(
        "E-mails per Hour",
        config_parameter="crm_service.mail_hourly_limit",
        default=INTAKE_SETTINGS["mail_hourly_limit"],
        help="The maximum number of complaints created per hour from the e-mails of "
        "one sender; ten times as many are allowed for all unknown senders together. "
        "Further e-mails are kept as notes and not answered. Zero means no limit.",
    )
    service_mail_attachment_max = fields.Integer(
        "Attachments per E-mail",
        config_parameter="crm_service.mail_attachment_max",
        default=INTAKE_SETTINGS["mail_attachment_max"],
    )
    service_mail_attachment_mb = fields.Integer(
        "Size of an Attachment (MB)",
        config_parameter="crm_service.mail_attachment_mb",
        default=INTAKE_SETTINGS["mail_attachment_mb"],
    )
    service_is_list_refused = fields.Selection(
        [("1", "Ignore"), ("0", "Accept")],
        "E-mails from Mailing Lists",
        config_parameter="crm_service.is_list_refused",
        default="1",
        help="Accept them if the address of your service desk is itself a mailing "
        "list.",
    )
    service_mail_duplicate_hours = fields.Integer(
        "Repeated E-mails within (Hours)",
        config_parameter="crm_service.mail_duplicate_hours",
        default=INTAKE_SETTINGS["mail_duplicate_hours"],
        help="An e-mail with the same text from the same sender is added to the "
        "earlier complaint.",
    )
    service_duplicate_days = fields.Integer(
        "Possible Duplicates within (Days)",
        config_parameter="crm_service.duplicate_days",
        default=INTAKE_SETTINGS["duplicate_days"],
        help="Complaints by the same customer within this number of days, about "
        "the same order line or of the same kind, are shown as possible "
        "duplicates.",
    )
