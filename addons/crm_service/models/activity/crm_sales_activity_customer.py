from odoo import api, fields, models

from .crm_sales_activity_event import EVENT_FIELDS


class CrmSalesActivity(models.Model):
    """The customer is the commercial entity, whichever contact is chosen."""

    _inherit = "crm.sales.activity"

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Let people choose a contact where the customer is asked for."""
        customer = self.partner_id.commercial_partner_id
        if self.partner_id != customer:
            self.contact_ids |= self.partner_id
            self.partner_id = customer
        self.contact_ids = self.contact_ids.filtered(
            lambda contact: contact.commercial_partner_id == customer
        )

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create([self._with_customer(vals) for vals in vals_list])
        for activity in activities.filtered(lambda a: a.user_id not in a.user_ids):
            activity.user_ids |= activity.user_id
        done = activities.filtered(lambda a: a.state == "done")
        done._check_report()
        done._keep_done()
        activities._sync_event()
        return activities

    def write(self, vals):
        """Who hands over a touch takes no part in it any more; meetings follow."""
        former = {activity: activity.user_id for activity in self}
        result = super().write(self._with_customer(vals))
        if "user_id" in vals and "user_ids" not in vals:
            for activity, user in former.items():
                activity = activity.sudo()  # style: CRM109 as below
                if activity.user_id != user:
                    activity.user_ids = activity.user_ids - user | activity.user_id
        if EVENT_FIELDS & set(vals):
            written = self.sudo()  # style: CRM109 may be another person's by now
            written._sync_event()
        return result

    @api.model
    def _with_customer(self, vals):
        """Return ``vals`` with the customer of a contact in the customer's place."""
        chosen = self.env["res.partner"].browse(vals.get("partner_id"))
        customer = chosen.commercial_partner_id
        if chosen == customer:
            return vals
        contacts = [*(vals.get("contact_ids") or []), fields.Command.link(chosen.id)]
        return {**vals, "partner_id": customer.id, "contact_ids": contacts}

    def _follow_customers(self):
        """Move each touch to the customer that its former customer belongs to now."""
        for activity in self:
            partner = activity.partner_id
            if partner != partner.commercial_partner_id:
                activity.write({"partner_id": partner.id})

    # --- ACTIONS

    @api.model
    def _get_open_action(self, domain, context):
        """Return the window on the touches of ``domain``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_sales_activity_action"
        )
        return {**action, "domain": domain, "context": context}

    @api.model
    def _get_log_action(self, context):
        """Return the dialogue that logs a touch on one screen."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_sales_activity_log_action"
        )
        return {**action, "context": context}
