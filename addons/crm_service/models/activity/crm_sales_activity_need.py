from odoo import api, fields, models


class CrmSalesActivity(models.Model):
    """What the customer needs is asked for in visits and calls, on the same screen.

    Asked and nothing new is an answer as well: ``is_need_asked`` without a need
    takes the customer off the list of those to be asked.
    """

    _inherit = "crm.sales.activity"

    need_ids = fields.One2many(
        "crm.need", "sales_activity_id", string="Needs", copy=False
    )
    need_count = fields.Integer("Number of Needs", compute="_compute_need_count")
    is_need_asked = fields.Boolean(
        "Asked About Needs",
        compute="_compute_is_need_asked",
        store=True,
        readonly=False,
        copy=False,
        help="The customer was asked about their needs, even if they need nothing new.",
    )
    need_source = fields.Char(compute="_compute_need_source")

    _need_asked_index = models.Index(
        "(partner_id, company_id, date_start) WHERE is_need_asked AND state = 'done'"
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("need_ids")
    def _compute_need_count(self):
        counts = dict(
            self.env["crm.need"]._read_group(
                [("sales_activity_id", "in", self.ids)],
                ["sales_activity_id"],
                ["__count"],
            )
        )
        for activity in self:
            activity.need_count = counts.get(activity._origin, 0)

    @api.depends("need_ids")
    def _compute_is_need_asked(self):
        for activity in self:
            activity.is_need_asked = activity.is_need_asked or bool(activity.need_ids)

    @api.depends("is_visit", "medium_id")
    def _compute_need_source(self):
        """Where a need from this activity comes from, as needs have it."""
        phone = self.env.ref("utm.utm_medium_phone", raise_if_not_found=False)
        for activity in self:
            if activity.is_visit:
                activity.need_source = "visit"
            elif phone and activity.medium_id == phone:
                activity.need_source = "call"
            else:
                activity.need_source = "other"

    def action_open_needs(self):
        """Open the needs that came to light; a new one belongs to this activity."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_need_action"
        )
        contact = self.contact_ids[:1]
        return {
            **action,
            "domain": [("sales_activity_id", "=", self.id)],
            "context": {
                "default_sales_activity_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_contact_id": contact.id,
                "default_company_id": self.company_id.id,
                "default_user_id": self.user_id.id,
                "default_source": self.need_source,
            },
        }
