from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.visit_plan import Customer, Errand, Frame, plan_visits

DIRECT_LIMIT = 500  # customers up to which nobody has to wait for a job


class CrmVisitPlan(models.Model):
    """Whom a plan visits, how often and when; the days are those of the tool.

    Whatever a person took up stands: planned, confirmed and done visits, visits
    entered or moved by hand, and cancelled ones, which are not proposed again.
    Only proposals that nobody touched are made anew.
    """

    _inherit = "crm.visit.plan"

    def action_generate(self):
        """Propose the visits; many customers are left to a background job."""
        self.check_access("write")
        for plan in self:
            plan._check_generate()
        big = self.filtered(lambda plan: plan._count_customers() > DIRECT_LIMIT)
        for plan in self - big:
            plan._generate()
        if big:
            big._start_job("generate")
            return self._notify_job()
        return True

    def _check_generate(self):
        """Refuse plans that cannot have visits; say what is missing."""
        self.ensure_one()
        if self.state == "closed":
            raise UserError(
                self.env._("“%s” is closed. Reopen it to plan more visits.", self.name)
            )
        if not self.person_ids:
            raise UserError(
                self.env._(
                    "“%s” has no people who visit customers. Add people, or choose a "
                    "sales team.",
                    self.name,
                )
            )
        today = self.env["crm.sale.fact"]._get_today(self.company_id)
        if self.date_to < today:
            raise UserError(
                self.env._(
                    "The period of “%s” is over, so nothing can be planned any more. "
                    "Create a plan for the next period.",
                    self.name,
                )
            )

    def _generate(self):
        """Make the proposals true, all in one go; commit nothing.

        :return: number of proposals
        """
        self.ensure_one()
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "The visits of “%s” are being generated right now. Reload "
                    "the page in a minute to see them.",
                    self.name,
                )
            ) from error
        plan = self.sudo()  # style: CRM109 all customers of the people of the plan
        plan.env.flush_all()
        plan.env["crm.visit.customer"]._refresh(plan.company_id)
        today = plan.env["crm.sale.fact"]._get_today(plan.company_id)
        people = plan.person_ids._get_people()
        kept, busy = plan._get_kept()
        visits, lacking = plan_visits(
            plan._get_customers(kept),
            people,
            Frame(plan.date_from, plan.date_to, today, plan.min_gap_days),
            busy,
            plan._get_errands(today),
        )
        plan._store_visits(visits, busy)
        plan.person_ids._store_figures(people, lacking)
        if plan.state == "draft":
            plan._move("generate")
        plan.write(
            {
                "date_generated": fields.Datetime.now(),
                "result": plan._get_result(len(visits), people, lacking),
            }
        )
        return len(visits)

    def _get_result(self, count, people, lacking):
        """Say how many visits are proposed, and who lacks room for how many."""
        lines = [self.env._("Visits proposed: %s", count)]
        names = {user.id: user.name for user in self.person_ids.user_id}
        idle = [names[person.id] for person in people if not person.days]
        if idle:
            lines.append(
                self.env._(
                    "These people have no working day in the period, or no visits a "
                    "day: %s. Enter their visits a day, or check their working hours.",
                    ", ".join(idle),
                )
            )
        for user_id, missing in sorted(lacking.items()):
            lines.append(
                self.env._(
                    "%(name)s has no free day for some visits: %(count)s.",
                    name=names[user_id],
                    count=missing,
                )
            )
        return "\n".join(lines)

    # --- CUSTOMERS

    def _customers_sql(self) -> SQL:
        """Return the customers to visit: id, salesperson, visits a year."""
        people = self.person_ids.user_id.ids
        nobody = SQL("OR p.user_id IS NULL") if self.is_unassigned_included else SQL()
        return SQL(
            """SELECT c.partner_id, p.user_id, c.visits_per_year
                 FROM crm_visit_customer c
                 JOIN res_partner p ON p.id = c.partner_id
                WHERE c.company_id = %(company)s AND p.active
                  AND (p.user_id = ANY(%(people)s) %(nobody)s)""",
            company=self.company_id.id,
            people=people,
            nobody=nobody,
        )

    def _count_customers(self):
        """Return about how many customers a run looks at."""
        partners = self.env["res.partner"].sudo()  # style: CRM109 a number, no data
        return partners.search_count(
            partners._get_customer_domain(self.company_id), limit=DIRECT_LIMIT + 1
        )

    def _get_customers(self, kept):
        """Return :class:`Customer` for everybody to visit."""
        rows = self.env.execute_query(
            SQL("SELECT * FROM (%s) c ORDER BY partner_id", self._customers_sql())
        )
        last = self._get_last_visits()
        customers = []
        for customer_id, user_id, per_year in rows:
            stands, dropped, visitor = kept.get(customer_id, ((), (), None))
            customers.append(
                Customer(
                    customer_id,
                    user_id or visitor,
                    per_year,
                    last.get(customer_id),
                    tuple(stands),
                    tuple(dropped),
                )
            )
        return customers

    def _get_last_visits(self):
        """Return ``{customer id: day of the last visit before the plan}``."""
        fact = self.env["crm.sale.fact"]
        begin = fact._get_day_start(self.date_from, self.company_id)
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT a.partner_id, %(day)s
                         FROM crm_sales_activity a
                        WHERE a.company_id = %(company)s AND a.is_visit
                          AND a.state = 'done' AND a.date_start < %(begin)s
                          AND a.partner_id IN (SELECT partner_id FROM (%(who)s) c)
                     GROUP BY a.partner_id""",
                    day=fact._local_day_sql(SQL("MAX(a.date_start)"), self.company_id),
                    company=self.company_id.id,
                    begin=begin,
                    who=self._customers_sql(),
                )
            )
        )

    # --- WHAT STANDS

    def _get_kept(self):
        """Return what stands, by customer, and what keeps people busy.

        :return: ``{customer: ([(number or None, day)], [cancelled numbers],
            who visits)}`` and ``{user: {day: visits}}``
        """
        people = set(self.person_ids.user_id.ids)
        kept, busy = {}, defaultdict(lambda: defaultdict(int))
        for partner_id, user_id, plan_id, key, state, day in self._query_kept():
            stands, dropped, visitor = kept.get(partner_id, ([], [], None))
            number = self._get_number(key) if plan_id == self.id else None
            if state == "cancelled":
                dropped.append(number)
            else:
                if self.date_from <= day <= self.date_to or number:
                    stands.append((number, day))
                if user_id in people:
                    visitor = visitor or user_id
                    busy[user_id][day] += 1
            kept[partner_id] = (stands, dropped, visitor)
        return kept, busy

    @api.model
    def _get_number(self, key):
        """Return the number of a visit from its key; None of an errand."""
        kind, _slash, number = (key or "").partition("/")
        return int(number) if kind.isdigit() and number.isdigit() else None

    def _query_kept(self):
        """Return the visits that stand: of the plan, or in its period."""
        fact, company = self.env["crm.sale.fact"], self.company_id
        begin, end = fact._get_utc_bounds(company, self.date_from, self.date_to)
        return self.env.execute_query(
            SQL(
                """SELECT a.partner_id, a.user_id, a.plan_id, a.plan_key, a.state,
                          %(day)s
                     FROM crm_sales_activity a
                    WHERE a.company_id = %(company)s AND a.is_visit
                      AND (a.plan_id = %(plan)s
                           OR (a.date_start >= %(begin)s AND a.date_start < %(end)s
                               AND a.state <> 'cancelled'))
                      AND NOT (a.plan_id IS NOT DISTINCT FROM %(plan)s
                               AND a.state = 'proposed' AND a.is_moved IS NOT TRUE)
                 ORDER BY a.date_start, a.id""",
                day=fact._local_day_sql(SQL("a.date_start"), company),
                company=company.id,
                plan=self.id,
                begin=begin,
                end=end,
            )
        )

    # --- OPPORTUNITIES

    def _get_lead_domain(self):
        """Return the domain of the opportunities that are likely enough."""
        return (
            Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending")
            & Domain("probability", ">=", self.lead_probability)
            & Domain("company_id", "in", [False, self.company_id.id])
            & Domain("user_id", "in", self.person_ids.user_id.ids)
            & Domain("partner_id", "!=", False)
        )

    def _get_errands(self, today):
        """Return :class:`Errand` for each likely opportunity without a visit ahead."""
        if not self.is_lead_included:
            return []
        begin = max(self.date_from, today)
        end = min(self.date_to, fields.Date.end_of(begin, "quarter"))
        leads = self.env["crm.lead"].search(self._get_lead_domain(), order="id")
        known = self.env["crm.sales.activity"].search(
            [
                ("lead_id", "in", leads.ids),
                ("is_visit", "=", True),
                "|",
                ("date_start", ">=", fields.Datetime.to_datetime(begin)),
                ("plan_id", "=", self.id),
                "|",
                ("state", "!=", "proposed"),
                ("is_moved", "=", True),
            ]
        )
        return [
            Errand(
                lead.id,
                lead.partner_id.commercial_partner_id.id,
                lead.user_id.id,
                begin,
                end,
            )
            for lead in leads - known.lead_id
            if lead.partner_id.active
        ]
