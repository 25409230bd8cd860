from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.visit_report import check_position


class CrmSalesActivity(models.Model):
    """Where a visit was, if the company asks for it and the visitor consents.

    The place is sent by the visitor's own browser, which asks him once more. He can
    remove it again; nobody else can set it.
    """

    _inherit = "crm.sales.activity"

    checkin_date = fields.Datetime("Checked In On", readonly=True, copy=False)
    checkin_latitude = fields.Float(
        "Latitude", digits=(10, 7), readonly=True, copy=False, aggregator=None
    )
    checkin_longitude = fields.Float(
        "Longitude", digits=(10, 7), readonly=True, copy=False, aggregator=None
    )
    checkin_user_id = fields.Many2one(
        "res.users", "Checked In By", readonly=True, copy=False, ondelete="set null"
    )
    is_checkin_allowed = fields.Boolean(
        "Check-In Allowed", compute="_compute_is_checkin_allowed"
    )

    @api.depends("is_visit", "company_id.is_visit_checkin", "user_id", "user_ids")
    @api.depends_context("uid")
    def _compute_is_checkin_allowed(self):
        """Say whether the reader may check in here: own visit, company asks for it."""
        for visit in self:
            company = visit.company_id.sudo()  # style: CRM109 one setting, yes or no
            visit.is_checkin_allowed = (
                visit.is_visit
                and company.is_visit_checkin
                and self.env.user in (visit.user_id | visit.user_ids)
            )

    def action_check_in(self, latitude, longitude, is_consent=False):
        """Keep where the visitor is, with his consent.

        :param is_consent: the visitor consents from now on
        """
        self.ensure_one()
        self._check_checkin()
        if not check_position(latitude, longitude):
            raise UserError(
                self.env._(
                    "This is not a valid position. Allow your browser to share your "
                    "location, then try again."
                )
            )
        if is_consent and not self.env.user.is_checkin_consent:
            self.env.user.is_checkin_consent = True
        if not self.env.user.is_checkin_consent:
            raise UserError(
                self.env._(
                    "Your position is kept only with your consent. Give your consent "
                    "first."
                )
            )
        visit = self.sudo()  # style: CRM109 own visit, fields nobody else may set
        visit.write(
            {
                "checkin_date": fields.Datetime.now(),
                "checkin_latitude": latitude,
                "checkin_longitude": longitude,
                "checkin_user_id": self.env.uid,
            }
        )
        return True

    def action_remove_checkin(self):
        """Remove the place again; the visitor himself only."""
        self.ensure_one()
        if self.checkin_user_id != self.env.user:
            raise AccessError(
                self.env._("Only the person who checked in can remove the position.")
            )
        visit = self.sudo()  # style: CRM109 own position
        visit.write(
            {
                "checkin_date": False,
                "checkin_latitude": 0.0,
                "checkin_longitude": 0.0,
                "checkin_user_id": False,
            }
        )
        return True

    def action_open_checkin_map(self):
        """Open the place on a map."""
        self.ensure_one()
        place = f"{self.checkin_latitude:.6f},{self.checkin_longitude:.6f}"
        return {
            "type": "ir.actions.act_url",
            "url": f"https://www.google.com/maps?q={place}",
            "target": "new",
        }

    def _check_checkin(self):
        """Refuse places that nobody asked for, or of other people's visits."""
        self.check_access("write")
        if not self.is_visit or not self.company_id.is_visit_checkin:
            raise UserError(
                self.env._(
                    "Check-in at visits is switched off in your company. A manager "
                    "can switch it on in the settings."
                )
            )
        if self.env.user not in (self.user_id | self.user_ids):
            raise AccessError(self.env._("You can only check in at your own visits."))
        if self.state in ("cancelled", "proposed"):
            raise UserError(
                self.env._("Plan the visit first, then check in where it takes place.")
            )
