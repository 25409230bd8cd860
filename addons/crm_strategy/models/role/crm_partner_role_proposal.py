from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.notification import notification
from .crm_partner_role import BUYING_KINDS


class CrmPartnerRole(models.Model):
    """Roles proposed from what partners buy, in one statement for all of them.

    A partner is proposed who ordered products of the division often enough in the
    months that the role looks back. Left out is who has the role, or is proposed
    for it, who buys in another role of the division (a dealer is no end user), and
    who was declined or ended and has not ordered since.
    """

    _inherit = "crm.partner.role"

    # --- ACTIONS

    def action_propose(self):
        """Propose partners for these roles, or for all if none is chosen."""
        self.check_access("write")
        roles = self or self.search([])
        count = sum(roles._propose().values())
        return notification(
            self.env._(
                "%(count)s partners proposed. Accept or decline them under Partner "
                "Roles.",
                count=count,
            ),
            "success" if count else "info",
        )

    # --- BUSINESS

    def _propose(self):
        """Add the proposals for these roles; return ``{role: number of them}``."""
        roles = self.filtered(lambda role: role.active and role.is_proposed)
        if not roles:
            return {}
        self.env["crm.sale.fact"]._flush_sources()
        self.env.flush_all()
        self.env["crm.sale.fact"]._prepare_planner()
        # two runs at once would propose the same partners
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(hashtext('crm_partner_role_proposal'))")
        )
        # the planner takes the buyers for few, and would sort all their orders
        self.env.cr.execute(SQL("SET LOCAL enable_sort = off"))
        rows = self.env.execute_query(roles._insert_proposals_sql())
        self.env.cr.execute(SQL("SET LOCAL enable_sort = on"))
        assignments = self.env["crm.partner.role.assignment"]
        assignments.invalidate_model()
        assignments._assert_no_overlap()
        self.invalidate_model(["assignment_count", "proposal_count", "assignment_ids"])
        counts = dict.fromkeys(roles, 0)
        for _id, role_id in rows:
            counts[self.browse(role_id)] += 1
        return counts

    def _insert_proposals_sql(self) -> SQL:
        heads = self.env["crm.partner.role.assignment"]._group_heads_sql(
            SQL("SELECT customer_id FROM fresh")
        )
        return SQL(
            """WITH RECURSIVE fresh AS (%(fresh)s),
                    heads AS MATERIALIZED (%(heads)s)
               INSERT INTO crm_partner_role_assignment (
                   partner_id, role_id, division_id, kind, company_id, user_id,
                   service_level_id, group_partner_id, state, date_from, date_state,
                   proposal_order_count, date_last_order,
                   create_uid, create_date, write_uid, write_date)
               SELECT f.customer_id, r.id, r.division_id, r.kind, r.company_id,
                      p.user_id, r.service_level_id,
                      COALESCE(h.head_id, f.customer_id), 'proposed', %(today)s,
                      %(now)s, f.order_count, f.last_order,
                      %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM fresh f
                 JOIN crm_partner_role r ON r.id = f.role_id
                 JOIN res_partner p ON p.id = f.customer_id
            LEFT JOIN heads h ON h.partner_id = f.customer_id
             RETURNING id, role_id""",
            fresh=self._fresh_buyers_sql(),
            heads=heads,
            today=self.env["crm.sale.fact"]._get_today(self.env.company),
            now=fields.Datetime.now(),
            uid=self.env.uid,
        )

    def _fresh_buyers_sql(self) -> SQL:
        """Return who buys enough for a role and does not have it.

        Columns: ``role_id, customer_id, order_count, last_order``.
        """
        return SQL(
            """SELECT b.role_id, b.customer_id, b.order_count, b.last_order
                 FROM (%(buyers)s) b
                 JOIN crm_partner_role r ON r.id = b.role_id
                 JOIN res_partner c ON c.id = b.customer_id
                WHERE c.active AND c.partner_share
                  AND NOT EXISTS (
                      SELECT FROM crm_partner_role_assignment a
                       WHERE a.partner_id = b.customer_id
                         AND (a.role_id = b.role_id
                              AND (a.state IN ('proposed', 'active', 'suspended')
                                   OR a.date_state >= b.last_order)
                              OR a.division_id = r.division_id
                              AND a.kind IN %(buying)s
                              AND a.state IN ('active', 'suspended')))""",
            buyers=self._buyers_sql(),
            buying=BUYING_KINDS,
        )

    def _buyers_sql(self) -> SQL:
        """Return who ordered often enough for which role: columns as above."""
        return SQL(
            """SELECT r.id AS role_id, o.customer_id,
                      COUNT(*) AS order_count, MAX(o.date_order) AS last_order
                 FROM (%(orders)s) o
                 JOIN crm_partner_role r ON r.division_id = o.division_id
                WHERE r.id IN %(ids)s
                  AND (r.company_id IS NULL OR r.company_id = o.company_id)
                  AND o.date_order >= %(today)s::date
                                      - make_interval(months => r.proposal_months)
             GROUP BY r.id, o.customer_id
               HAVING COUNT(*) >= MAX(r.proposal_min_orders)""",
            orders=self._division_orders_sql(),
            ids=tuple(self.ids),
            today=self.env["crm.sale.fact"]._get_today(self.env.company),
        )

    def _division_orders_sql(self) -> SQL:
        """Return one row per purchase and division of its products."""
        facts = self.env["crm.sale.fact"]
        companies = self.env["res.company"].sudo()  # style: CRM109 roles of the group
        months = max(self.mapped("proposal_months"))
        parts = [
            SQL(
                "SELECT %s AS company_id, f.customer_id, f.order_id, f.date_order"
                " FROM (%s) f",
                company.id,
                facts._orders_sql(
                    company,
                    since=facts._get_today(company) - relativedelta(months=months),
                ),
            )
            for company in companies.search([])
        ]
        return SQL(
            """SELECT DISTINCT o.company_id, o.customer_id, o.order_id, o.date_order,
                      t.crm_division_id AS division_id
                 FROM (%(purchases)s) o
                 JOIN sale_order_line l ON l.order_id = o.order_id
                 JOIN product_product v ON v.id = l.product_id
                 JOIN product_template t ON t.id = v.product_tmpl_id
                WHERE t.crm_division_id IN %(divisions)s
                  AND l.product_uom_qty > 0""",
            purchases=SQL(" UNION ALL ").join(parts),
            divisions=tuple(self.division_id.ids),
        )

    # --- CRON

    @api.model
    def _cron_propose(self):
        """Propose roles from purchases (weekly)."""
        self.search([("is_proposed", "=", True)])._propose()
