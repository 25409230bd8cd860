from odoo import fields, models

from .intake.crm_complaint_intake import INTAKE_SETTINGS


class ResConfigSettings(models.TransientModel):
    """What strangers may send to customer service, how often, and value classes."""

    _inherit = "res.config.settings"

    crm_service_value_scheme_id = fields.Many2one(
        related="company_id.crm_service_value_scheme_id", readonly=False
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
        help="Pictures are drawn anew, so that nothing hides in them. A PDF is kept as "
        "the customer sent it.",
    )
    service_hourly_limit = fields.Integer(
        "Forms per Hour",
        config_parameter="crm_service.hourly_limit",
        default=INTAKE_SETTINGS["hourly_limit"],
        help="What one signed-in customer may send within an hour; three times as much "
        "from one Internet address.",
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
        [("1", "Leave out"), ("0", "Accept")],
        "Mails of Mailing Lists",
        config_parameter="crm_service.is_list_refused",
        default="1",
        help="Accept them if the address of your desk is a mailing list itself.",
    )
    service_mail_duplicate_hours = fields.Integer(
        "Same E-mail within (Hours)",
        config_parameter="crm_service.mail_duplicate_hours",
        default=INTAKE_SETTINGS["mail_duplicate_hours"],
        help="The same words of the same sender join the complaint that they made "
        "before.",
    )
    service_duplicate_days = fields.Integer(
        "Possible Duplicates within (Days)",
        config_parameter="crm_service.duplicate_days",
        default=INTAKE_SETTINGS["duplicate_days"],
        help="Complaints of one customer about one order line or of one kind.",
    )
