from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import cohort

#: Who the customer was when the money was spent
PHASES = [
    ("win", "Winning Customers"),
    ("keep", "Keeping Customers"),
    ("open", "Not a Customer yet"),
]


class CrmCustomerCost(models.Model):
    """What was spent on one customer in one month, to win or to keep him.

    =====  ==========================================  ============================
    phase  costs                                       month
    =====  ==========================================  ============================
    win    up to the day of the first purchase         of the first purchase
    keep   after it                                    in which it was spent
    open   on somebody who has not bought              in which it was spent
    =====  ==========================================  ============================

    So the costs to win of a month are those of the customers who became customers in
    it, whenever they were spent, and the discount on the first order is one of them.
    Written by each full refresh of the scorecards; where a cost comes from says
    :meth:`_get_cost_sources`, to which an add-on adds its own.
    """

    _name = "crm.customer.cost"
    _description = "Cost of a Customer"
    _inherit = ["crm.sums.mixin"]
    _order = "date desc, amount desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    date = fields.Date("Month", required=True, readonly=True)
    phase = fields.Selection(PHASES, required=True, readonly=True)
    source = fields.Selection(
        "_selection_source",
        required=True,
        readonly=True,
        help="Sales activities: cost of what is done. Discounts: what the discounts "
        "of confirmed order lines, and lines below zero, took off, "
        "untaxed.",
    )
    amount = fields.Monetary(readonly=True)

    _row_uniq = models.UniqueIndex("(company_id, partner_id, date, phase, source)")
    _date_idx = models.Index("(company_id, date, phase)")
    _partner_idx = models.Index("(partner_id)")

    # --- TO EXTEND

    @api.model
    def _get_cost_sources(self):
        """Return the sources of costs: ``key``, ``label``, ``method``, ``lacking``.

        ``method`` is the name of a method of this model ``(company, until, customers)
        -> SQL`` of ``customer_id, day, amount`` in the company's currency;
        ``customers`` is a list of ids, a statement giving them, or None for all.
        ``recent`` names one that gives the same of the last 12 months from what a
        refresh has at hand, without reading all that ever was. A source without a
        method is one that another part of the suite will bring; ``lacking`` says which.
        """
        return [
            {
                "key": "activity",
                "label": self.env._("Sales activities"),
                "method": "_activity_cost_sql",
            },
            {
                "key": "discount",
                "label": self.env._("Discounts"),
                "method": "_discount_cost_sql",
                "recent": "_recent_discount_sql",
            },
            {
                "key": "campaign",
                "label": self.env._("Campaigns"),
                "lacking": self.env._("campaigns have no costs yet"),
            },
            {
                "key": "channel",
                "label": self.env._("Channels"),
                "lacking": self.env._("channels have no costs yet"),
            },
        ]

    @api.model
    def _selection_source(self):
        return [(s["key"], s["label"]) for s in self._get_cost_sources()]

    @api.model
    def _get_source_text(self):
        """Return which sources the costs have and which they lack."""
        sources = self._get_cost_sources()
        had = [s["label"] for s in sources if s.get("method")]
        lacking = [
            f"{s['label']} ({s['lacking']})" for s in sources if s.get("lacking")
        ]
        text = self.env._("Included: %s.", ", ".join(had))
        if lacking:
            text += " " + self.env._("Not included: %s.", ", ".join(lacking))
        return text

    # --- BUSINESS

    @api.model
    def _refresh(self, company, as_of, customers=None):
        """Work out the costs of ``company`` anew, or of ``customers``; no commit."""
        self.env["crm.sale.fact"]._flush_sources()
        self.env.flush_all()
        scope = SQL("TRUE")
        if customers is not None:
            scope = SQL("t.partner_id = ANY(%s)", customers)
        spent = [
            self._spent_sql(source, source["method"], company, as_of, customers)
            for source in self._get_cost_sources()
            if source.get("method")
        ]
        self._apply(company, self._rows_sql(company, spent), scope)

    @api.model
    def _refresh_recent(self, company, window, changed):
        """Bring the costs up to date after a refresh of all customers.

        Where a source can tell the months of the window by what the refresh has read,
        the months before it are worked out again for changed customers only.

        :param changed: statement giving their ids, None where they are not known
        """
        if changed is None or not self.search_count(
            [("company_id", "=", company.id)], limit=1
        ):
            self._refresh(company, window.as_of)
            return
        start = cohort.period_start(window.start, "month")
        since = cohort.shift(start, 1, "month")
        spent, recent = [], []
        for source in self._get_cost_sources():
            if not source.get("method"):
                continue
            tell = self._spent_sql
            if not source.get("recent"):
                spent.append(
                    tell(source, source["method"], company, window.as_of, None)
                )
                continue
            recent.append(source["key"])
            before = tell(source, source["method"], company, window.as_of, changed)
            now = tell(source, source["recent"])
            spent += [
                SQL("SELECT * FROM (%s) s WHERE day < %s", before, since),
                SQL("SELECT * FROM (%s) s WHERE day >= %s", now, since),
            ]
        scope = SQL(
            "(t.source <> ALL(%s) OR t.date >= %s OR t.partner_id IN (%s))",
            recent,
            since,
            changed,
        )
        self._apply(company, self._rows_sql(company, spent), scope)

    @api.model
    def _spent_sql(self, source, method, *args) -> SQL:
        return SQL(
            "SELECT customer_id, day, amount, %s AS source FROM (%s) spent",
            source["key"],
            getattr(self, method)(*args),
        )

    @api.model
    def _apply(self, company, rows, scope):
        """Let the rows ``t`` in ``scope`` be ``rows``; what is the same stays."""
        self.env["crm.scorecard.engine"]._make_table("crm_customer_cost_fresh", rows)
        same = SQL(
            """f.customer_id = t.partner_id AND f.month = t.date
               AND f.phase = t.phase AND f.source = t.source"""
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_customer_cost t
                    WHERE t.company_id = %(company)s AND %(scope)s
                      AND NOT EXISTS (SELECT FROM crm_customer_cost_fresh f
                                       WHERE %(same)s AND f.amount = t.amount);
                   INSERT INTO crm_customer_cost
                          (company_id, partner_id, date, phase, source, amount)
                   SELECT %(company)s, customer_id, month, phase, source, amount
                     FROM crm_customer_cost_fresh f
                    WHERE NOT EXISTS (SELECT FROM crm_customer_cost t
                                       WHERE t.company_id = %(company)s
                                         AND %(same)s)""",
                company=company.id,
                scope=scope,
                same=same,
            )
        )
        self.invalidate_model()

    @api.model
    def _rows_sql(self, company, spent) -> SQL:
        """Return ``customer_id, month, phase, source, amount``, nothing being zero.

        :param spent: statements of ``customer_id, day, amount, source``
        """
        return SQL(
            """WITH placed AS (
                   SELECT s.customer_id, s.source, s.amount,
                          CASE WHEN c.first_order_date IS NULL THEN 'open'
                               WHEN s.day <= c.first_order_date THEN 'win'
                               ELSE 'keep' END AS phase,
                          CASE WHEN s.day <= c.first_order_date
                               THEN c.first_order_date ELSE s.day END AS day
                     FROM (%(spent)s) s
                LEFT JOIN crm_customer_scorecard c
                       ON c.partner_id = s.customer_id AND c.company_id = %(company)s
               )
               SELECT customer_id, DATE_TRUNC('month', day::timestamp)::date AS month,
                      phase, source, ROUND(SUM(amount)::numeric, %(digits)s) AS amount
                 FROM placed
             GROUP BY 1, 2, 3, 4
               HAVING ROUND(SUM(amount)::numeric, %(digits)s) <> 0""",
            spent=SQL(" UNION ALL ").join(spent),
            company=company.id,
            digits=company.currency_id.decimal_places,
        )

    # --- SOURCES

    @api.model
    def _activity_cost_sql(self, company, until, customers) -> SQL:
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id, %(day)s AS day,
                      a.cost AS amount
                 FROM crm_sales_activity a JOIN res_partner p ON p.id = a.partner_id
                WHERE a.company_id = %(company)s AND a.state = 'done' AND a.cost <> 0
                  AND a.date_start < %(end)s AND %(customer)s %(among)s""",
            day=facts._local_day_sql(SQL("a.date_start"), company),
            company=company.id,
            end=facts._end_of_day_sql(until, company),
            customer=facts._is_customer_sql(),
            among=self._among_sql(customers),
        )

    @api.model
    def _discount_cost_sql(self, company, until, customers) -> SQL:
        """Return what discounts took off confirmed orders, untaxed."""
        facts = self.env["crm.sale.fact"]
        return SQL(
            """SELECT p.commercial_partner_id AS customer_id, %(day)s AS day,
                      %(discount)s AS amount
                 FROM sale_order_line l
                 JOIN sale_order o ON o.id = l.order_id
                 JOIN res_partner p ON p.id = o.partner_id
                WHERE %(conditions)s AND %(customer)s %(among)s
                  AND (l.discount > 0 OR l.price_unit < 0)
                  AND l.display_type IS NULL""",
            day=facts._local_day_sql(SQL("o.date_order"), company),
            discount=facts._line_discount_sql(
                SQL("COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric")
            ),
            conditions=SQL(" AND ").join(
                [
                    SQL("o.state = 'sale'"),
                    SQL("o.company_id = %s", company.id),
                    SQL("o.date_order < %s", facts._end_of_day_sql(until, company)),
                    *facts._get_no_purchase_sql(),
                ]
            ),
            customer=facts._is_customer_sql(),
            among=self._among_sql(customers),
        )

    @api.model
    def _recent_discount_sql(self) -> SQL:
        """Return the same of the orders of the window, as a refresh has read them."""
        return SQL(
            """SELECT o.customer_id, o.day, d.discount AS amount
                 FROM crm_seven_p_discount d
                 JOIN crm_seven_p_order o USING (order_id)"""
        )

    @api.model
    def _among_sql(self, customers) -> SQL:
        registry = self.env["crm.scorecard.source"]
        return registry._only_sql(customers, SQL("p.commercial_partner_id"))

    @api.model
    def _refresh_of(self, partner):
        """Work out the costs of a customer who has got another one's documents."""
        system = self.sudo()  # style: CRM109 merge
        policies = system.env["crm.rfm.policy"].search([("last_as_of", "!=", False)])
        for policy in policies:
            system._refresh(policy.company_id, policy.last_as_of, partner.ids)

    @api.model
    def _drop_of(self, partners):
        """Delete the rows of ``partners``, who are about to disappear."""
        self.sudo().search(  # style: CRM109 merge
            [("partner_id", "in", partners.ids)]
        ).unlink()
