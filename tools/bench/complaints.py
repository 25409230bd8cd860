"""Complaints of a big company, and what is measured of them."""

import datetime as dt

from screens import COUNT_LIMIT, LIMIT, Screens, specification

from odoo.tools import SQL

NAME = "Benchmark"
#: of each hundred complaints so many are open; two years of them
OPEN_PERCENT, DAYS = 10, 730
#: moves to customers for each complaint
MOVES = 2
OPEN_STATES = ["new", "progress", "decided", "execution", "inform", "follow_up"]

FORGET = """
    DELETE FROM crm_satisfaction_score WHERE complaint_id IS NOT NULL;
    DELETE FROM survey_user_input WHERE access_token LIKE 'bench-%%';
    DELETE FROM crm_complaint_recovery;
    DELETE FROM crm_complaint;
    DELETE FROM stock_move WHERE reference = 'Benchmark'"""

# Everything about complaint n follows from n and the seed
COMPLAINTS = """
    INSERT INTO crm_complaint (
        name, title, type, kind_id, cause_id, priority, channel, company_id,
        currency_id, partner_id, commercial_partner_id, partner_name, phone, team_id,
        user_id, state, is_open, date_received, date_replied, date_decided,
        date_executed, date_told, date_confirmed, date_closed, reopen_count, result,
        reply_state, decision_state, resolution_state, deadline_next, deadline_reply,
        deadline_decision, deadline_resolution, line_count, amount, amount_company,
        work_hours, work_cost, cost_remedies, create_uid, write_uid, create_date,
        write_date)
    SELECT 'BENCH/' || n, 'Drum leaks ' || n, 'complaint',
           kinds[1 + h %% CARDINALITY(kinds)], causes[1 + h %% CARDINALITY(causes)],
           (h %% 3)::text, (ARRAY['portal', 'email', 'phone', 'hand'])[1 + h %% 4],
           %(company)s, %(currency)s, p.id, p.id, p.name, p.phone,
           teams[1 + h %% CARDINALITY(teams)], users[1 + h / 7 %% CARDINALITY(users)],
           CASE WHEN is_open THEN (%(states)s::text[])[1 + h / 11 %% 6]
                ELSE 'closed' END,
           is_open, received, received + h %% 9 * hour,
           CASE WHEN NOT is_open THEN received + (9 + h %% 40) * hour END,
           CASE WHEN NOT is_open THEN received + (60 + h %% 40) * hour END,
           CASE WHEN NOT is_open THEN received + (90 + h %% 100) * hour END,
           CASE WHEN NOT is_open THEN received + (190 + h %% 100) * hour END,
           CASE WHEN NOT is_open THEN received + (300 + h %% 100) * hour END,
           (h %% 17 = 0)::int, CASE WHEN NOT is_open THEN 'resolved' END,
           'kept', CASE WHEN is_open THEN 'ok' WHEN h %% 9 = 0 THEN 'broken'
                        ELSE 'kept' END,
           CASE WHEN is_open THEN 'ok' WHEN h %% 7 = 0 THEN 'broken' ELSE 'kept' END,
           CASE WHEN is_open THEN received + 40 * hour END, received + 8 * hour,
           received + 40 * hour, received + 80 * hour, 1 + (h %% 4 = 0)::int,
           0, 0, 2.5, 100, 0, 1, 1, received, received
      FROM (SELECT n, h, now()::timestamp(0)
                   - ((h %% %(days)s) * 24 + h %% 24) * INTERVAL '1 hour' AS received,
                   n %% 100 < %(open)s AS is_open, INTERVAL '1 hour' AS hour
              FROM (SELECT n, ABS(HASHINT8(n + %(seed)s))::bigint AS h
                      FROM generate_series(1, %(complaints)s) n) g) c
      JOIN (SELECT ROW_NUMBER() OVER (ORDER BY id) AS place, id, name, phone
              FROM res_partner WHERE id = ANY(%(partners)s)) p
        ON p.place = 1 + c.h / 3 %% CARDINALITY(%(partners)s::int[])
CROSS JOIN (SELECT %(kinds)s::int[] AS kinds, %(causes)s::int[] AS causes,
                   %(teams)s::int[] AS teams, %(users)s::int[] AS users) m"""

LINES = """
    INSERT INTO crm_complaint_line (
        complaint_id, company_id, sequence, product_id, product_uom_id, quantity,
        price_unit, amount, create_uid, write_uid, create_date, write_date)
    SELECT c.id, c.company_id, 10, p.id, t.uom_id, 1 + c.id %% 5, 20,
           20 * (1 + c.id %% 5), 1, 1, c.create_date, c.create_date
      FROM crm_complaint c
CROSS JOIN LATERAL generate_series(1, c.line_count) k
      JOIN (SELECT ROW_NUMBER() OVER (ORDER BY id) AS place, id, product_tmpl_id
              FROM product_product WHERE active) p
        ON p.place = 1 + (c.id * 7 + k) %% (SELECT COUNT(*) FROM product_product
                                             WHERE active)
      JOIN product_template t ON t.id = p.product_tmpl_id"""

ANSWERS = """
    UPDATE crm_complaint c SET answer_count = 1, answer_score = s.score
      FROM crm_satisfaction_score s WHERE s.complaint_id = c.id"""

AMOUNTS = """
    UPDATE crm_complaint c SET amount = l.amount, amount_company = l.amount,
           cost_remedies = CASE WHEN c.state = 'closed' THEN l.amount * 0.6 ELSE 0 END
      FROM (SELECT complaint_id, SUM(amount) AS amount FROM crm_complaint_line
             GROUP BY complaint_id) l
     WHERE l.complaint_id = c.id"""

STEPS = """
    INSERT INTO crm_complaint_step (
        name, complaint_id, company_id, sequence, round, department, state, date_ready,
        date_due, date_start, date_end, waiting_hours, working_hours, work_cost,
        create_uid, write_uid, create_date, write_date)
    SELECT department, c.id, c.company_id, 10 * place, 1, department,
           CASE WHEN c.is_open THEN 'ready' ELSE 'done' END, c.date_received,
           c.date_received + INTERVAL '8 hours',
           CASE WHEN NOT c.is_open THEN c.date_received + INTERVAL '2 hours' END,
           CASE WHEN NOT c.is_open THEN c.date_received + INTERVAL '3 hours' END,
           2, 1, 40, 1, 1, c.create_date, c.create_date
      FROM crm_complaint c
CROSS JOIN UNNEST(ARRAY['finance', 'warehouse', 'shipping'])
           WITH ORDINALITY AS d(department, place)
     WHERE c.state NOT IN ('new', 'progress')"""

REMEDIES = """
    INSERT INTO crm_complaint_remedy (
        complaint_id, company_id, team_id, kind_id, partner_id, currency_id,
        remedy_type, state, amount, amount_company, cost, create_uid, write_uid,
        create_date, write_date)
    SELECT id, company_id, team_id, kind_id, commercial_partner_id, currency_id,
           'replacement', 'done', amount, amount, amount * 0.6, 1, 1, create_date,
           create_date
      FROM crm_complaint WHERE state = 'closed'"""

INPUTS = """
    INSERT INTO survey_user_input (survey_id, access_token, state)
    SELECT %(survey)s, 'bench-' || id, 'done'
      FROM crm_complaint WHERE state = 'closed' AND id %% 3 = 0"""

SCORES = """
    INSERT INTO crm_satisfaction_score (
        kind, value, score, date, company_id, partner_id, commercial_partner_id,
        complaint_id, survey_id, user_input_id)
    SELECT 'csat', 1 + c.id %% 5, 25 * (c.id %% 5), c.date_closed, c.company_id,
           c.partner_id, c.commercial_partner_id, c.id, i.survey_id, i.id
      FROM survey_user_input i
      JOIN crm_complaint c ON 'bench-' || c.id = i.access_token"""

SHIPPED = """
    INSERT INTO stock_move (
        product_id, product_uom, product_uom_qty, product_qty, quantity, location_id,
        location_dest_id, company_id, date, state, procure_method, reference)
    SELECT p.id, t.uom_id, 10, 10, 10, %(stock)s, %(customers)s, %(company)s,
           now() - (n %% %(days)s) * INTERVAL '1 day', 'done', 'make_to_stock',
           'Benchmark'
      FROM generate_series(1, %(moves)s) n
      JOIN (SELECT ROW_NUMBER() OVER (ORDER BY id) AS place, id, product_tmpl_id
              FROM product_product WHERE active) p
        ON p.place = 1 + n %% (SELECT COUNT(*) FROM product_product WHERE active)
      JOIN product_template t ON t.id = p.product_tmpl_id"""

#: the promised times of so many open complaints are over
DUE = """
    UPDATE crm_complaint SET date_check = NULL, decision_state = 'ok',
           resolution_state = 'ok', deadline_decision = now() - INTERVAL '1 hour',
           deadline_resolution = now() + INTERVAL '40 hours'
     WHERE is_open;
    DELETE FROM mail_activity WHERE res_model = 'crm.complaint';
    UPDATE crm_complaint SET date_check = now() - INTERVAL '1 minute'
     WHERE id IN (SELECT id FROM crm_complaint WHERE is_open ORDER BY id
                  LIMIT %(cases)s)"""


class Complaints:
    """100,000 complaints with all that hangs on them; every row gives seconds."""

    def __init__(self, session, count, seed=1):
        self.session, self.count, self.seed = session, count, seed
        self.screens = Screens(session, "admin")

    # --- DATA

    def make(self):
        with self.session.environment() as env:
            values = self._get_values(env)
            for statement in (
                *(FORGET, COMPLAINTS, LINES, AMOUNTS, STEPS, REMEDIES),
                *(INPUTS, SCORES, ANSWERS, SHIPPED),
            ):
                env.cr.execute(statement, values)
            env.invalidate_all()

    def _get_values(self, env):
        company = env.company
        teams = env["crm.service.team"].search([("name", "like", f"{NAME} _")])
        if not teams:
            leader = env.ref("base.user_admin").id
            vals = [{"name": f"{NAME} {n}", "leader_id": leader} for n in range(5)]
            teams = env["crm.service.team"].create(vals)
        partners = env["res.partner"].search(
            [("parent_id", "=", False), ("is_crm_customer", "=", True)], order="id"
        )
        users = env["res.users"].search([("share", "=", False)], limit=40, order="id")
        warehouse = env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        survey = env["survey.survey"].search([("crm_score_kind", "=", "csat")], limit=1)
        return {
            "company": company.id,
            "currency": company.currency_id.id,
            "partners": partners.ids,
            "kinds": env["crm.complaint.kind"].search([]).ids,
            "causes": env["crm.complaint.cause"].search([]).ids,
            "teams": teams.ids,
            "users": users.ids,
            "states": OPEN_STATES,
            "open": OPEN_PERCENT,
            "days": DAYS,
            "complaints": self.count,
            "moves": self.count * MOVES,
            "seed": self.seed,
            "survey": survey.id,
            "stock": warehouse.lot_stock_id.id,
            "customers": env.ref("stock.stock_location_customers").id,
        }

    # --- SCREENS

    def list(self):
        return self._list("crm_service.crm_complaint_view_list", [])

    def open_list(self):
        domain = [("is_open", "=", True)]
        return self._list("crm_service.crm_complaint_view_list", domain)

    def report_list(self):
        view = "crm_service.crm_complaint_report_view_list"
        return self._list(view, [], "crm.complaint.report")

    def _list(self, view, domain, model_name="crm.complaint"):
        def work(env):
            view_id = env["ir.model.data"]._xmlid_to_res_id(view)
            return env[model_name].web_search_read(
                domain,
                specification(env, model_name, view_id),
                limit=LIMIT,
                count_limit=COUNT_LIMIT,
            )

        return self.screens._median(work)

    def kanban(self):
        """The board as it opens: its columns with their first cards."""

        def work(env):
            model = env["crm.complaint"]
            view_id = env["ir.model.data"]._xmlid_to_res_id(
                "crm_service.crm_complaint_view_kanban"
            )
            return model.web_read_group(
                [("is_open", "=", True)],
                ["state"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification=specification(
                    env, "crm.complaint", view_id, "kanban"
                ),
                unfold_read_default_limit=LIMIT,
            )

        return self.screens._median(work)

    def form(self):
        def work(env):
            complaints = env["crm.complaint"]
            found = complaints.search([("state", "=", "execution")], limit=1)
            view_id = env["ir.model.data"]._xmlid_to_res_id(
                "crm_service.crm_complaint_view_form"
            )
            return found.web_read(specification(env, "crm.complaint", view_id, "form"))

        return self.screens._median(work)

    def lookup(self):
        """Who is calling, by his number."""

        def work(env):
            partner = env["res.partner"].search([("phone", "!=", False)], limit=1)
            env.invalidate_all()
            return partner.phone

        _seconds, phone = self.session.time(work)
        return self.screens._median(
            lambda env: env["res.partner"].service_lookup(phone or "+46 8 555 00 01")
        )

    def report_pivot(self):
        """As its menu opens it: a year of complaints by kind."""
        measures = ["complaint_id:count_distinct", "amount:sum", "cost:sum"]
        return self._pivot(
            "crm.complaint.report", [*measures, "hours_resolution:avg"], ["kind_id"]
        )

    def report_pivot_product(self):
        """By cause and product category, all years."""
        measures = ["complaint_id:count_distinct", "amount:sum", "cost:sum"]
        return self._pivot(
            "crm.complaint.report", measures, ["cause_id", "categ_id"], days=None
        )

    def rate_pivot(self):
        measures = ["shipped:sum", "quantity:sum", "complaint_count:sum", "ppm:avg"]
        return self._pivot("crm.complaint.rate", measures, ["product_id"], days=None)

    def _pivot(self, model_name, measures, rows, days=365):
        sets = [rows[:place] for place in range(len(rows) + 1)]

        def work(env):
            domain = []
            if days:
                since = dt.datetime.now() - dt.timedelta(days=days)  # noqa: DTZ005 as the host  # style: CRM118 the day on which it runs
                domain = [
                    ("date_received", ">=", str(since)[:19]),
                    ("type", "=", "complaint"),
                    ("state", "!=", "cancelled"),
                ]
            return env[model_name].formatted_read_grouping_sets(
                domain, sets, [*measures, "__count"]
            )

        return self.screens._median(work)

    def board(self):
        names = ["team_id", "user_id", "open_count", "hours_reply", "satisfaction"]
        return self.screens._median(
            lambda env: env["crm.service.indicator"].search_read([], names)
        )

    def loops(self):
        return self._list(
            "crm_service.crm_complaint_loop_view_list", [], "crm.complaint.loop"
        )

    # --- JOBS

    def deadlines(self, cases):
        """The background job over open complaints whose time is over."""

        def prepare(env):
            env.cr.execute(SQL(DUE, cases=cases))

        return self.session.time(
            lambda env: env["crm.complaint"]._cron_check_deadlines(), prepare=prepare
        )[0]

    def recovery_month(self):
        """One month measured: all customers with and without complaints."""

        def work(env):
            recovery = env["crm.complaint.recovery"]
            recovery._measure_month(
                env.company, recovery._get_due_months(env.company)[-1]
            )

        return self.session.time(work)[0]

    def recovery_pivot(self):
        measures = ["customer_count:sum", "recovery_rate:avg", "satisfaction:avg"]
        return self._pivot(
            "crm.complaint.recovery", measures, ["date:month", "group_kind"], days=None
        )
