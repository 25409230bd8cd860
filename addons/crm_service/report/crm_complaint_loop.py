from odoo import fields, models
from odoo.tools import SQL

from ..tools.complaint_loop import CUSTOMER_STATES, INTERNAL_STATES


class CrmComplaintLoop(models.Model):
    """What is not finished yet, and since when: one row per open complaint.

    A loop is open **with us** as long as somebody of ours has to do something: up to
    telling the customer, and when only the closing is left. It is open **with the
    customer** when he was told and has not confirmed yet.
    """

    _name = "crm.complaint.loop"
    _description = "Open Loop"
    _inherit = ["crm.complaint.part.mixin", "crm.screen.read.mixin"]
    _auto = False
    _order = "age_days desc, id"
    _rec_name = "complaint_id"

    complaint_id = fields.Many2one("crm.complaint", readonly=True, aggregator=None)
    loop = fields.Selection(
        [("internal", "With Us"), ("customer", "With the Customer")],
        "Open",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    kind_id = fields.Many2one("crm.complaint.kind", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    state = fields.Selection(
        lambda self: (
            self.env["crm.complaint"]._fields["state"]._description_selection(self.env)
        ),
        readonly=True,
    )
    is_waiting = fields.Boolean("Waiting for the Customer", readonly=True)
    date_received = fields.Datetime("Received On", readonly=True)
    date_since = fields.Datetime(
        "Since",
        readonly=True,
        help="The date of receipt or, once the customer has been informed, that date.",
    )
    deadline_next = fields.Datetime("Next Deadline", readonly=True)
    age_days = fields.Float(
        "Age (Days)", readonly=True, aggregator="avg", digits=(16, 1)
    )
    since_days = fields.Float(
        "Days with Us or the Customer", readonly=True, aggregator="avg", digits=(16, 1)
    )
    step_count = fields.Integer("Open Steps", readonly=True)
    amount = fields.Monetary("Value of the Goods", readonly=True)

    _depends = {
        "crm.complaint": [
            "amount_company",
            "commercial_partner_id",
            "company_id",
            "date_received",
            "date_told",
            "deadline_next",
            "is_open",
            "is_waiting",
            "kind_id",
            "state",
            "team_id",
            "user_id",
        ],
        "crm.complaint.step": ["complaint_id", "state"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT c.id, c.id AS complaint_id, c.company_id, company.currency_id,
                      c.commercial_partner_id, c.kind_id, c.team_id, c.user_id, c.state,
                      c.is_waiting, c.date_received, c.deadline_next,
                      CASE WHEN c.state IN %(customer)s THEN 'customer'
                           ELSE 'internal' END AS loop,
                      %(since)s AS date_since,
                      %(age)s AS age_days, %(since_age)s AS since_days,
                      COALESCE(step.count, 0)::int AS step_count,
                      c.amount_company AS amount
                 FROM crm_complaint c
            LEFT JOIN res_company company ON company.id = c.company_id
            LEFT JOIN (SELECT complaint_id, COUNT(*) AS count
                         FROM crm_complaint_step WHERE state IN ('waiting', 'ready')
                     GROUP BY complaint_id) step ON step.complaint_id = c.id
                WHERE c.is_open AND c.state IN %(open)s""",
            customer=CUSTOMER_STATES,
            open=INTERNAL_STATES + CUSTOMER_STATES,
            since=self._since_sql(),
            age=self._days_sql(SQL("c.date_received")),
            since_age=self._days_sql(self._since_sql()),
        )

    def _since_sql(self) -> SQL:
        return SQL(
            """CASE WHEN c.state IN %s THEN COALESCE(c.date_told, c.date_received)
                    ELSE c.date_received END""",
            CUSTOMER_STATES,
        )

    def _days_sql(self, moment) -> SQL:
        return SQL(
            "EXTRACT(EPOCH FROM %s::timestamp - %s)::float8 / 86400",
            fields.Datetime.now(),
            moment,
        )
