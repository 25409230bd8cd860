"""The daily work of sales: flows, the customer page, plans and calendars of visits."""

import datetime as dt

from documents import NAME, BigCustomer, BigOrder
from lxml import etree
from screens import Screens

from odoo.fields import Command

#: visits a year of a quarter of the customers, and of the others
OFTEN, SELDOM = 12, 4
#: what a person manages
VISITS_PER_DAY = 6
#: what the moves of delivered orders are called
DELIVERY = f"{NAME} delivery"
#: people of the team whose calendar is opened
TEAM = 10

CALENDAR = """
    INSERT INTO crm_sales_activity (
        name, kind_id, is_visit, partner_id, user_id, team_id, company_id, direction,
        source, state, date_start, date_end, duration, create_uid, write_uid,
        create_date, write_date)
    SELECT 'Bench visit ' || n, %(kind)s, TRUE,
           (%(partners)s::int[])[1 + n %% CARDINALITY(%(partners)s::int[])],
           (%(users)s::int[])[1 + n %% CARDINALITY(%(users)s::int[])],
           %(team)s, %(company)s, 'out', 'manual',
           (ARRAY['proposed', 'planned', 'confirmed', 'done', 'cancelled'])[1 + n %% 5],
           start, start + INTERVAL '1 hour', 1, 1, 1, now(), now()
      FROM (SELECT n, %(first)s::timestamp + (n %% 365) * INTERVAL '1 day'
                   + (8 + n %% 8) * INTERVAL '1 hour' AS start
              FROM generate_series(1, %(visits)s) n) v"""

MEMBERS = """
    INSERT INTO crm_segment_membership (
        segmentation_id, segment_id, partner_id, company_id, date_start, start_reason,
        is_exclusive, create_uid, write_uid, create_date, write_date)
    SELECT %(scheme)s, CASE WHEN place %% 4 = 0 THEN %(often)s ELSE %(seldom)s END,
           id, %(company)s, now() - INTERVAL '30 days', 'manual', TRUE, 1, 1, now(),
           now()
      FROM UNNEST(%(partners)s::int[]) WITH ORDINALITY AS p(id, place)"""

#: lines of orders of the last year are delivered, each fourth of them late
DELIVERIES = """
    INSERT INTO stock_move (
        sale_line_id, product_id, product_uom, product_uom_qty, product_qty, quantity,
        location_id, location_dest_id, company_id, date, state, procure_method,
        reference)
    SELECT l.id, l.product_id, t.uom_id, l.product_uom_qty, l.product_uom_qty,
           l.product_uom_qty, %(stock)s, %(customers)s, %(company)s,
           o.date_order + INTERVAL '1 day' * (l.customer_lead
               + CASE WHEN l.id %% 4 = 0 THEN 1 + l.id %% 20 ELSE 0 END),
           'done', 'make_to_stock', %(name)s
      FROM (SELECT id, date_order FROM sale_order
             WHERE state = 'sale' AND company_id = %(company)s
               AND date_order >= now() - INTERVAL '1 year'
          ORDER BY hashint4(id) LIMIT %(deliveries)s) o
      JOIN LATERAL (SELECT * FROM sale_order_line
                     WHERE order_id = o.id AND product_uom_qty > 0
                  ORDER BY id LIMIT 1) l ON TRUE
      JOIN product_product p ON p.id = l.product_id
      JOIN product_template t ON t.id = p.product_tmpl_id"""

OWNERS = """
    UPDATE res_partner p
       SET user_id = (%(users)s::int[])[1 + c.place %% CARDINALITY(%(users)s::int[])]
      FROM UNNEST(%(partners)s::int[]) WITH ORDINALITY AS c(id, place)
     WHERE p.id = c.id"""


def make_deliveries(session, count):
    """Deliver orders of the last year, once; everything is on record already."""
    with session.environment() as env:
        moves = env["stock.move"]
        if moves.search_count([("reference", "=", DELIVERY)], limit=1):
            return
        warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        env.cr.execute(
            DELIVERIES,
            {
                "stock": warehouse.lot_stock_id.id,
                "customers": env.ref("stock.stock_location_customers").id,
                "company": env.company.id,
                "deliveries": count,
                "name": DELIVERY,
            },
        )
        env.invalidate_all()


class Activities:
    """Visits planned for many customers, and documents beyond the usual.

    Everything is made once and kept with the database; the visits of the plan are
    proposed by the product itself, which is measured.
    """

    def __init__(self, session, customers, people, visits, documents):
        self.session = session
        self.customers, self.people = customers, people
        self.visits, self.documents = visits, documents
        self.manager = Screens(session, "admin")
        self.person = Screens(session, "bench_visit_1")
        self.leader = Screens(session, "bench_visit_leader")

    # --- DATA

    def make(self):
        """Make people, customers, a calendar, one big order and one big customer."""
        with self.session.environment() as env:
            if env["res.users"].search_count([("login", "=", "bench_visit_1")]):
                return
            leader, people = self._make_people(env)
            partners = self._find_customers(env)
            self._make_customers(env, people, partners)
            self._make_calendar(env, leader, people, partners)
            self._make_plan(env, people)
            BigOrder(env, people[0], partners[1])
            BigCustomer(env, people[0], partners[2], self.documents)

    def _make_people(self, env):
        salesperson = env.ref("sales_team.group_sale_salesman")
        users = (
            env["res.users"]
            .with_context(no_reset_password=True, mail_create_nosubscribe=True)
            .create(
                [
                    {
                        "name": f"Bench visitor {name}",
                        "login": f"bench_visit_{name}",
                        "group_ids": [Command.set(salesperson.ids)],
                    }
                    for name in ("leader", *range(1, self.people + 1))
                ]
            )
        )
        return users[0], users[1:]

    def _find_customers(self, env):
        domain = env["res.partner"]._get_customer_domain(env.company)
        return env["res.partner"].search(domain, limit=self.customers, order="id")

    def _make_customers(self, env, people, partners):
        """Give each customer a person, and a segment that says how often."""
        scheme = env["crm.segmentation"].create(
            {
                "name": f"{NAME}, visits",
                "kind": "exclusive",
                "segment_ids": [
                    Command.create({"name": name, "method": "manual"})
                    for name in ("Often", "Seldom")
                ],
            }
        )
        often, seldom = scheme.segment_ids
        env["crm.visit.cadence"].create(
            [
                {"segment_id": often.id, "visits_per_year": OFTEN},
                {"segment_id": seldom.id, "visits_per_year": SELDOM},
            ]
        )
        env.flush_all()
        values = {
            "users": people.ids,
            "partners": partners.ids,
            "scheme": scheme.id,
            "often": often.id,
            "seldom": seldom.id,
            "company": env.company.id,
        }
        env.cr.execute(OWNERS, values)
        env.cr.execute(MEMBERS, values)
        env.invalidate_all()

    def _make_calendar(self, env, leader, people, partners):
        """One team with its visits of a year, apart from the plan."""
        team = env["crm.team"].create(
            {
                "name": f"{NAME} visits",
                "user_id": leader.id,
                "member_ids": [Command.set(people[:TEAM].ids)],
            }
        )
        env.flush_all()
        env.cr.execute(
            CALENDAR,
            {
                "kind": env.ref("crm_service.crm_sales_activity_kind_visit").id,
                "partners": partners[:1000].ids,
                "users": people[:TEAM].ids,
                "team": team.id,
                "company": env.company.id,
                "first": dt.datetime(self._year(env), 1, 1),
                "visits": self.visits,
            },
        )
        env.invalidate_all()

    @staticmethod
    def _year(env):
        """The year of the plan: the next one, so that all of it lies ahead."""
        return env["crm.sale.fact"]._get_today(env.company).year + 1

    def _make_plan(self, env, people):
        env["crm.visit.plan"].create(
            {
                "name": NAME,
                "period": "year",
                "date_from": dt.date(self._year(env), 1, 1),
                "is_unassigned_included": False,
                "person_ids": [
                    Command.create(
                        {"user_id": user.id, "visits_per_day": VISITS_PER_DAY}
                    )
                    for user in people
                ],
            }
        )

    # --- DOCUMENT FLOW

    def flow(self, screens):
        """The flow of the order with its 500 documents, as its button opens it."""

        def work(env):
            order = env["sale.order"].search([("client_order_ref", "=", NAME)], limit=1)
            return env["crm.document.flow"].get_flow("sale.order", order.id)

        return screens._median(work)

    # --- CUSTOMER PAGE

    def page(self, screens):
        """The page of a customer with an ordinary history."""
        return self._page(screens, [("user_id.login", "=", "bench_visit_1")])

    def big_page(self, screens):
        return self._page(screens, [("ref", "=", f"{NAME} big")])

    def _page(self, screens, domain):
        def work(env):
            partner = env["res.partner"].search(domain, limit=1, order="id")
            return env["crm.customer.page"].get_page(partner.id)

        return screens._median(work)

    # --- VISITS

    def plan(self):
        """The year's visits of all customers, proposed."""
        return self.session.time(self._generate)[0]

    @staticmethod
    def _generate(env):
        plan = env["crm.visit.plan"].search([("name", "=", NAME)], limit=1)
        count = plan._generate()
        assert count, plan.result
        return count

    def calendar(self, screens):
        """The calendar of the team's visits as it opens on a year."""

        def work(env):
            model = env["crm.sales.activity"]
            view_id = env["ir.model.data"]._xmlid_to_res_id(
                "crm_service.crm_visit_view_calendar"
            )
            view = model.get_views([(view_id, "calendar")])["views"]["calendar"]
            arch = etree.fromstring(view["arch"])
            names = {node.get("name") for node in arch.iter("field")}
            names |= {arch.get(part) for part in ("date_start", "date_stop", "color")}
            year = self._year(env)
            team = env["crm.team"].search([("name", "=", f"{NAME} visits")], limit=1)
            found = model.search_read(
                [
                    ("is_visit", "=", True),
                    ("team_id", "=", team.id),
                    ("plan_id", "=", False),
                    ("date_start", "<=", f"{year}-12-31 23:59:59"),
                    ("date_end", ">=", f"{year}-01-01 00:00:00"),
                ],
                [*(names - {None}), "display_name"],
            )
            assert len(found) == self.visits, len(found)

        return screens._median(work)

    # --- LISTS AND REPORTS

    def home(self, screens):
        return screens._median(lambda env: env["crm.sales.home"].get_home())

    def activity_list(self, screens):
        return screens._list(
            "crm_service.crm_sales_activity_action",
            "crm_service.crm_sales_activity_view_list",
        )

    def need_due_list(self, screens):
        return screens._list(
            "crm_strategy.crm_need_due_action", "crm_strategy.crm_need_due_view_list"
        )

    def visit_due_list(self, screens):
        return screens._list(
            "crm_service.crm_visit_due_action", "crm_service.crm_visit_due_view_list"
        )

    def late_order_list(self, screens):
        return screens._list(
            "crm_service.crm_late_order_action",
            "crm_service.crm_late_order_view_list",
        )

    def activity_pivot(self, screens):
        """Activities of all people by kind."""

        def work(env):
            report = env["crm.sales.activity.report"]
            return report.formatted_read_grouping_sets(
                [], [[], ["kind_id"], ["user_id"]], ["__count"]
            )

        return screens._median(work)

    def delivery_pivot(self, screens):
        """Deliveries of a year by month, how many of them were late."""

        def work(env):
            today = env["crm.sale.fact"]._get_today(env.company)
            found = env["crm.delivery.report"].formatted_read_grouping_sets(
                [
                    ("date_delivered", ">", today - dt.timedelta(days=365)),
                    ("date_delivered", "<=", today),
                ],
                [[], ["date_delivered:month"]],
                ["__count", "late_count:sum", "on_time_rate:avg", "days_late:avg"],
            )
            assert found[0][0]["__count"], "no deliveries"

        return screens._median(work)

    def coverage_pivot(self, screens):
        """Visits of all people by state."""

        def work(env):
            report = env["crm.visit.coverage.report"]
            return report.formatted_read_grouping_sets(
                [], [[], ["user_id"]], ["__count"]
            )

        return screens._median(work)
