from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.visit_clock import to_utc

SOON = 30  # days before the due day from which a customer counts as due


class CrmVisitDue(models.Model):
    """Customers to visit: when the last visit was, when the next one is due.

    The next visit is due one interval (365 days by the visits a year) after the last
    one; of a customer never visited, on the day since when he is to be visited. The
    reader sees the days also where the visit was another person's.
    """

    _name = "crm.visit.due"
    _description = "Due Visit"
    _inherit = ["crm.company.rows.mixin"]
    _auto = False
    _order = "days_overdue desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    city = fields.Char(readonly=True)
    visits_per_year = fields.Integer("Visits a Year", readonly=True, aggregator="sum")
    reason = fields.Char(related="customer_row_id.reason")
    customer_row_id = fields.Many2one(
        "crm.visit.customer", "Customer to Visit", readonly=True
    )
    date_last = fields.Date("Last Visit", readonly=True)
    date_due = fields.Date("Due On", readonly=True)
    date_next = fields.Date(
        "Next Visit", readonly=True, help="The next visit that is planned."
    )
    date_proposed = fields.Date(
        "Proposed For", readonly=True, help="The next visit that is only proposed."
    )
    days_overdue = fields.Integer(
        readonly=True,
        aggregator="max",
        help="Days since the visit was due. A negative number means days until it is "
        "due.",
    )
    state = fields.Selection(
        [
            ("overdue", "Overdue"),
            ("due", "Due Soon"),
            ("planned", "Visit Planned"),
            ("later", "Later"),
        ],
        readonly=True,
        help="Overdue or due within 30 days, unless a visit is planned.",
    )

    _depends = {
        "crm.sales.activity": [
            "company_id",
            "date_done",
            "date_start",
            "is_visit",
            "partner_id",
            "state",
        ],
        "crm.visit.customer": [
            "company_id",
            "date_since",
            "partner_id",
            "visits_per_year",
        ],
        "res.partner": ["active", "city", "country_id", "user_id"],
    }

    def _company_sql(self, company) -> SQL:
        today = self.env["crm.sale.fact"]._get_today(company)
        return SQL(
            """SELECT s.*, %(today)s::date - s.date_due AS days_overdue,
                      CASE WHEN s.date_next IS NOT NULL THEN 'planned'
                           WHEN s.date_due < %(today)s THEN 'overdue'
                           WHEN s.date_due <= %(soon)s THEN 'due'
                           ELSE 'later' END AS state
                 FROM (
                       SELECT c.id, c.id AS customer_row_id, c.partner_id,
                              c.company_id, p.user_id, p.country_id, p.city,
                              c.visits_per_year, v.date_last, v.date_next,
                              v.date_proposed,
                              COALESCE(v.date_last + 365 / c.visits_per_year,
                                       c.date_since) AS date_due
                         FROM crm_visit_customer c
                         JOIN res_partner p ON p.id = c.partner_id AND p.active
                    LEFT JOIN LATERAL (%(days)s) v ON TRUE
                        WHERE c.company_id = %(company)s) s""",
            today=today,
            soon=today + timedelta(SOON),
            days=self._days_sql(company, today),
            company=company.id,
        )

    def _days_sql(self, company, today) -> SQL:
        """Return the days of the visits to customer ``c``: last, next, proposed."""
        fact = self.env["crm.sale.fact"]
        begin = fact._get_day_start(today, company)

        def day(moment):
            return fact._local_day_sql(moment, company)

        return SQL(
            """SELECT %(last)s AS date_last, %(next)s AS date_next,
                      %(proposed)s AS date_proposed
                 FROM crm_sales_activity a
                WHERE a.partner_id = c.partner_id AND a.is_visit
                  AND a.company_id = c.company_id""",
            last=day(
                SQL(
                    """MAX(LEAST(a.date_start, a.date_done))
                           FILTER (WHERE a.state = 'done')"""
                )
            ),
            next=day(
                SQL(
                    """MIN(a.date_start) FILTER (WHERE a.date_start >= %s
                           AND a.state IN ('planned', 'confirmed'))""",
                    begin,
                )
            ),
            proposed=day(
                SQL(
                    """MIN(a.date_start) FILTER (WHERE a.date_start >= %s
                           AND a.state = 'proposed')""",
                    begin,
                )
            ),
        )

    # --- ACTIONS

    def action_propose_visit(self):
        """Propose a visit to each of these customers, where none is planned yet."""
        waiting = self.filtered(lambda row: not (row.date_next or row.date_proposed))
        if not waiting:
            raise UserError(
                self.env._(
                    "These customers have a visit ahead already. Open it from the "
                    "customer, or move it in the calendar."
                )
            )
        kind = self.env["crm.visit.plan"]._default_kind_id()
        if not kind:
            raise UserError(
                self.env._(
                    "There is no kind of activity that counts as a visit. Mark one "
                    "under Configuration, Activity Kinds."
                )
            )
        visits = self.env["crm.sales.activity"].create(
            [row._prepare_visit_vals(kind) for row in waiting]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_visit_action_list"
        )
        action["domain"] = [("id", "in", visits.ids)]
        if len(visits) == 1:
            form = self.env.ref("crm_service.crm_sales_activity_view_form")
            action |= {"res_id": visits.id, "views": [(form.id, "form")]}
        return action

    def _prepare_visit_vals(self, kind):
        """Return the visit: on the due day, from the next working day on."""
        user = self.user_id or self.env.user
        fact = self.env["crm.sale.fact"]
        today = fact._get_today(self.company_id)
        day = max(self.date_due, today + timedelta(1))
        while day.weekday() >= 5:
            day += timedelta(1)
        zone = user.tz or fact._get_timezone(self.company_id)
        return {
            "kind_id": kind.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": user.id,
            "state": "proposed",
            "date_start": to_utc(day, 9.0, zone),
        }

    def action_open_partner(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id.get_formview_action()

    @api.model
    def action_refresh(self):
        """Work out anew how often each customer is to be visited."""
        rows = self.env["crm.visit.customer"]
        for company in self.env.companies:
            rows._refresh(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
