from odoo import api, fields, models


class CrmTargetGroupMember(models.Model):
    """Customer in a fixed target group, since when and why."""

    _name = "crm.target.group.member"
    _description = "Member of a Target Group"
    _inherit = ["crm.partner.row.mixin"]
    _order = "date_added desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True
    _row_parent = "target_group_id"

    target_group_id = fields.Many2one(
        "crm.target.group",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
        domain=[("mode", "=", "fixed")],
    )
    company_id = fields.Many2one(
        related="target_group_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    source = fields.Selection(
        [("choice", "Met the Choice"), ("manual", "Put in by Hand")],
        required=True,
        readonly=True,
        default="manual",
    )
    date_added = fields.Datetime(
        "Member Since", required=True, readonly=True, default=fields.Datetime.now
    )

    _one_per_group = models.UniqueIndex(
        "(target_group_id, partner_id)", "This customer is in this group already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Put in the customer behind a contact."""
        partners = self.env["res.partner"]
        for vals in vals_list:
            if vals.get("partner_id"):
                partner = partners.browse(vals["partner_id"])
                vals["partner_id"] = partner.commercial_partner_id.id
        return super().create(vals_list)
