from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.after_sale_states import PENDING
from .crm_after_sale_plan import NOW


class CrmAfterSaleTemplate(models.Model):
    """Who bought the same products again, and whether that followed a proposal.

    The next order of a customer under the same template is the repurchase of the one
    before it, so that no order counts twice. On or after the day of the proposal it
    is a repeat purchase and the proposal is done; before that day the proposal is
    skipped, since the next order has its own. If the next order is cancelled, both
    are taken back.
    """

    _inherit = "crm.after.sale.template"

    def _follow_purchases(self):
        """Note the next purchase of each case, and end the proposals it answers."""
        self.env.execute_query(
            SQL(
                """UPDATE crm_after_sale c
                      SET repurchase_order_id = n.next_order,
                          date_repurchased = n.next_day, write_date = %(now)s
                     FROM (SELECT id,
                                  LEAD(order_id) OVER later AS next_order,
                                  LEAD(date_order) OVER later AS next_day
                             FROM crm_after_sale
                            WHERE template_id = %(template)s AND state <> 'cancelled'
                           WINDOW later AS (PARTITION BY partner_id
                                            ORDER BY date_order, order_id)) n
                    WHERE c.id = n.id
                      AND (c.repurchase_order_id, c.date_repurchased)
                          IS DISTINCT FROM (n.next_order, n.next_day)
                RETURNING c.id""",
                template=self.id,
                now=NOW,
            )
        )
        self._end_proposals()

    def _end_proposals(self):
        """Skip or finish proposals by the next purchase; take that back without one."""
        self.env.execute_query(
            SQL(
                """UPDATE crm_after_sale_milestone m
                      SET state = j.state, date_done = j.done,
                          is_automatic = j.is_automatic, write_date = %(now)s
                     FROM (SELECT m.id, c.repurchase_order_id IS NOT NULL
                                  AS is_automatic,
                                  CASE WHEN c.repurchase_order_id IS NULL THEN 'waiting'
                                       WHEN c.date_repurchased
                                            >= m.date_due - m.notice_days THEN 'done'
                                       ELSE 'skipped' END AS state,
                                  CASE WHEN c.date_repurchased
                                            >= m.date_due - m.notice_days
                                       THEN c.date_repurchased END AS done
                             FROM crm_after_sale_milestone m
                             JOIN crm_after_sale c ON c.id = m.after_sale_id
                            WHERE c.template_id = %(template)s AND m.active
                              AND m.kind = 'repurchase'
                              AND (c.repurchase_order_id IS NOT NULL
                                   AND m.state IN %(pending)s
                                   OR c.repurchase_order_id IS NULL
                                   AND m.is_automatic)) j
                    WHERE m.id = j.id
                RETURNING m.id""",
                template=self.id,
                pending=PENDING,
                now=NOW,
            )
        )


class CrmAfterSaleMilestone(models.Model):
    """The proposal to buy again: an opportunity, one click away."""

    _inherit = "crm.after.sale.milestone"

    is_automatic = fields.Boolean(
        "Ended by a Purchase",
        readonly=True,
        copy=False,
        help="The customer's next purchase has ended the milestone, not a person.",
    )

    def action_propose(self):
        """Make the opportunity of a repurchase, or open the one that was made."""
        self.ensure_one()
        if self.kind != "repurchase":
            raise UserError(
                self.env._(
                    "“%(name)s” is not a repurchase proposal, so no "
                    "opportunity can be created from it.",
                    name=self.name,
                )
            )
        if not self.lead_id:
            self.check_access("write")
            lead = self.env["crm.lead"].create(self._prepare_lead_vals())
            self.sudo().lead_id = lead  # style: CRM109 field of the system
            if self.state in PENDING:
                self.action_done()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [[False, "form"]],
        }

    def _prepare_lead_vals(self):
        """Return the opportunity: the same customer, products and amount."""
        case = self.after_sale_id.sudo()  # style: CRM109 lines of a colleague's order
        order, company = case.order_id, case.company_id
        amount = order.currency_id._convert(
            sum(case.line_ids.mapped("price_subtotal")),
            company.currency_id,
            company,
            order.date_order,
        )
        return {
            "type": "opportunity",
            "name": self.env._(
                "Repurchase of %(template)s (%(order)s)",
                template=case.template_id.name,
                order=order.name,
            ),
            "partner_id": order.partner_id.id,
            "company_id": company.id,
            "user_id": self.user_id.id or case.user_id.id,
            "team_id": case.team_id.id,
            "expected_revenue": amount,
            "description": self.script,
        }
