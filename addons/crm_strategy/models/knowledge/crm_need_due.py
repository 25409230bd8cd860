from odoo import fields, models
from odoo.tools import SQL

#: Room for the companies behind each customer's number
COMPANIES_PER_CUSTOMER = 65536


class CrmNeedDue(models.Model):
    """When each customer was last asked what he needs, and whether it is time again.

    A row is a customer in a company. He was asked on the day of a need; modules add
    other signs by ``_get_asked_statements``. The company's setting says after how
    many months it is time again; whoever was never asked is always due.
    """

    _name = "crm.need.due"
    _description = "Needs to Ask About"
    _inherit = ["crm.lifecycle.dimension.mixin", "crm.screen.read.mixin"]
    _auto = False
    _order = "date_last asc nulls first, partner_id, id"
    _rec_name = "partner_id"
    _depends = {
        "crm.need": ["partner_id", "company_id", "date", "state"],
        "res.company": ["active", "parent_path", "crm_need_months", "partner_id"],
        "res.partner": [
            "active",
            "company_id",
            "is_company",
            "parent_id",
            "partner_share",
            "user_id",
        ],
        "res.users": ["sale_team_id"],
    }

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    date_last = fields.Date("Last Asked On", readonly=True)
    date_due = fields.Date(
        "Ask Again On", readonly=True, help="Empty if the customer was never asked."
    )
    state = fields.Selection(
        [
            ("never", "Never Asked"),
            ("due", "Due"),
            ("asked", "Asked Recently"),
        ],
        "Status",
        readonly=True,
    )
    need_count = fields.Integer("Needs", readonly=True)
    open_count = fields.Integer("Open Needs", readonly=True)

    # --- QUERY

    @property
    def _table_query(self) -> SQL:
        due = SQL(
            "(asked.date_last + make_interval(months => c.crm_need_months))::date"
        )
        return SQL(
            """SELECT p.id::bigint * %(room)s + c.id AS id,
                      p.id AS partner_id, p.user_id, u.sale_team_id AS team_id,
                      c.id AS company_id, asked.date_last, %(due)s AS date_due,
                      CASE WHEN asked.date_last IS NULL THEN 'never'
                           WHEN %(due)s <= %(today)s THEN 'due'
                           ELSE 'asked' END AS state,
                      COALESCE(asked.need_count, 0) AS need_count,
                      COALESCE(asked.open_count, 0) AS open_count
                 FROM res_partner p
                 JOIN res_company c
                   ON c.active AND c.id = ANY(%(companies)s)
                  AND (p.company_id IS NULL
                       OR '/' || c.parent_path LIKE '%%/' || p.company_id || '/%%')
            LEFT JOIN res_users u ON u.id = p.user_id
            LEFT JOIN (SELECT partner_id, company_id, MAX(date) AS date_last,
                              SUM(need_count) AS need_count,
                              SUM(open_count) AS open_count
                         FROM (%(asked)s) AS sign
                     GROUP BY partner_id, company_id) asked
                   ON asked.partner_id = p.id AND asked.company_id = c.id
                WHERE p.active AND p.partner_share
                  AND (p.is_company OR p.parent_id IS NULL)
                  AND p.id NOT IN (%(internal)s)""",
            room=COMPANIES_PER_CUSTOMER,
            due=due,
            today=self._by_company_sql(
                SQL("c.id"),
                lambda company: SQL(
                    "%s::date", self.env["crm.sale.fact"]._get_today(company)
                ),
            ),
            companies=self.env.companies.ids,
            asked=SQL(" UNION ALL ").join(self._get_asked_statements()),
            internal=self.env["crm.sale.fact"]._internal_customers_sql(),
        )

    def _by_company_sql(self, column, get_sql) -> SQL:
        """Return the value of the company in ``column``: each has its own days.

        :param get_sql: function of a company; alike for all, it is said once
        """
        values = {company.id: get_sql(company) for company in self.env.companies}
        distinct = set(values.values())
        if len(distinct) == 1:
            return distinct.pop()
        cases = [SQL("WHEN %s THEN %s", *case) for case in values.items()]
        return SQL("CASE %s %s END", column, SQL(" ").join(cases))

    def _get_asked_statements(self):
        """Return statements that say when customers were asked; extend it.

        Columns: ``partner_id``, ``company_id``, ``date`` (of the company's days, see
        ``_by_company_sql``), ``need_count`` and ``open_count`` (0 where nothing was
        said).
        """
        return [
            SQL(
                """SELECT partner_id, company_id, date, 1 AS need_count,
                          (state IN ('new', 'answered'))::int AS open_count
                     FROM crm_need"""
            )
        ]

    # --- ACTIONS

    def action_record_need(self):
        """Open an empty need of this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a Need"),
            "res_model": "crm.need",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_user_id": (self.user_id or self.env.user).id,
            },
        }

    def action_open_needs(self):
        """Open the needs of this customer."""
        return self.partner_id.action_open_needs()

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [[False, "form"]],
        }
