from odoo import api, models
from odoo.tools import SQL


class CrmDemoStory(models.AbstractModel):
    """The lifecycle chapter of the demo story."""

    _inherit = "crm.demo.story"

    @api.model
    def _date_back_contacts(self):
        """Enter customers and enquiries when it would have been, not all today.

        A customer was entered some weeks before his first order; one who has none,
        some time in the last year. An enquiry came in before what became of it.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner p
                      SET create_date = COALESCE(
                              (SELECT MIN(o.date_order)
                                 FROM sale_order o
                                 JOIN res_partner c ON c.id = o.partner_id
                                WHERE c.commercial_partner_id = p.id
                                  AND o.state = 'sale') - INTERVAL '45 days',
                              p.create_date - INTERVAL '1 day' * (20 + p.id %% 300))
                    WHERE p.id IN (SELECT res_id FROM ir_model_data
                                    WHERE module = 'crm_strategy'
                                      AND model = 'res.partner')"""
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead
                      SET create_date = create_date - INTERVAL '1 day' * (10 + id %% 60)
                    WHERE id IN (SELECT res_id FROM ir_model_data
                                  WHERE module = 'crm_strategy'
                                    AND model = 'crm.lead')"""
            )
        )
        self.env.invalidate_all()

    @api.model
    def _place_customers(self, thresholds):
        """Set the policy of the main company and place its customers."""
        company = self.env.ref("base.main_company")
        policy = self.env["crm.lifecycle.policy"]._ensure(company)
        policy.write(thresholds)
        policy._refresh("full")

    @api.model
    def _set_lifecycle(self, customers, state, note, days):
        """Set a state by hand for so many days, as Lin does."""
        user = self.env.ref("crm_strategy.res_users_lin")
        wizard = self.env["crm.lifecycle.set"].with_user(user)
        wizard.create(
            {
                "partner_ids": customers.ids,
                "state": state,
                "reason": note,
                "until": self._get_day(-days),
            }
        ).action_apply()

    @api.model
    def _tick_off(self):
        """Tick the first item of every other customer, as his salesperson does."""
        todos = self.env["crm.lifecycle.todo"].search(
            [
                ("lifecycle_state", "in", ["interested", "buying", "lapsed"]),
                ("partner_id.user_id", "!=", False),
            ]
        )
        own = todos.grouped("partner_id")
        for customer in todos.partner_id.sorted("name")[::2]:
            own[customer][:1].with_user(customer.user_id).action_done()
