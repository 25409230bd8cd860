"""The daily work of sales: flows, the customer page, plans and calendars of visits."""

import datetime as dt

from lxml import etree
from screens import Screens

from odoo.fields import Command
from odoo.tools import SQL

NAME = "Benchmark"
#: what an order with many documents has beside itself, 500 in all
FLOW = {
    "stock.picking": 150,
    "account.move": 150,
    "account.payment": 100,
    "crm.complaint": 40,
    "crm.satisfaction.request": 30,
    "crm.sales.activity": 30,
}
#: visits a year of a quarter of the customers, and of the others
OFTEN, SELDOM = 12, 4
#: what a person manages
VISITS_PER_DAY = 6
#: people of the team whose calendar is opened
TEAM = 10
#: shares of the documents of a big customer
BIG = {"sale_order": 0.5, "account_move": 0.3, "crm_sales_activity": 0.2}

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

OWNERS = """
    UPDATE res_partner p
       SET user_id = (%(users)s::int[])[1 + c.place %% CARDINALITY(%(users)s::int[])]
      FROM UNNEST(%(partners)s::int[]) WITH ORDINALITY AS c(id, place)
     WHERE p.id = c.id"""


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
            self._make_order(env, people[0], partners[1])
            self._make_big_customer(env, people[0], partners[2])

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
                "first": dt.datetime(self._year(env), 1, 1),  # noqa: DTZ001 as the host
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

    # --- AN ORDER WITH MANY DOCUMENTS

    def _make_order(self, env, user, partner):
        """One order, and all documents linked to it as the host links them."""
        env = env(context={**env.context, "tracking_disable": True})
        product = env["product.product"].create(
            {"name": f"{NAME} service", "type": "service", "invoice_policy": "order"}
        )
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": user.id,
                "client_order_ref": NAME,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1000,
                            "price_unit": 10,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        self._add_pickings(env, order)
        self._add_payments(env, self._add_invoices(env, order))
        self._add_complaints(env, order)
        self._add_requests(env, order)
        self._add_activities(env, order)

    @staticmethod
    def _add_pickings(env, order):
        warehouse = order.warehouse_id
        pickings = env["stock.picking"].create(
            [
                {
                    "partner_id": order.partner_id.id,
                    "picking_type_id": warehouse.out_type_id.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "location_dest_id": env.ref("stock.stock_location_customers").id,
                    "origin": order.name,
                }
                for _place in range(FLOW["stock.picking"])
            ]
        )
        env.flush_all()
        env.cr.execute(
            SQL(
                "UPDATE stock_picking SET sale_id = %s WHERE id = ANY(%s)",
                order.id,
                pickings.ids,
            )
        )
        env.invalidate_all()

    @staticmethod
    def _add_invoices(env, order):
        line = order.order_line
        invoices = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": order.partner_id.id,
                    "invoice_user_id": order.user_id.id,
                    "invoice_origin": order.name,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "quantity": 1,
                                "price_unit": 10,
                                "sale_line_ids": [Command.link(line.id)],
                            }
                        )
                    ],
                }
                for _place in range(FLOW["account.move"])
            ]
        )
        env.flush_all()
        env.cr.execute(  # posting them all would take minutes
            SQL(
                """UPDATE account_move SET state = 'posted', name = 'BENCH/' || id
                    WHERE id = ANY(%s)""",
                invoices.ids,
            )
        )
        env.invalidate_all()
        return invoices

    @staticmethod
    def _add_payments(env, invoices):
        env["account.payment"].create(
            [
                {
                    "partner_id": invoice.partner_id.id,
                    "amount": 10,
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "invoice_ids": [Command.link(invoice.id)],
                }
                for invoice in invoices[: FLOW["account.payment"]]
            ]
        )

    @staticmethod
    def _add_complaints(env, order):
        env["crm.complaint"].create(
            [
                {
                    "title": f"Drum leaks {place}",
                    "partner_id": order.partner_id.id,
                    "order_id": order.id,
                }
                for place in range(FLOW["crm.complaint"])
            ]
        )

    @staticmethod
    def _add_requests(env, order):
        survey = env.ref("crm_service.survey_csat")
        rule = env["crm.satisfaction.rule"].create(
            {"name": NAME, "survey_id": survey.id, "low_value": 3, "active": False}
        )
        env["crm.satisfaction.request"].create(
            [
                {
                    "rule_id": rule.id,
                    "company_id": order.company_id.id,
                    "survey_id": survey.id,
                    "key": f"bench-{place}",
                    "partner_id": order.partner_id.id,
                    "commercial_partner_id": order.partner_id.id,
                    "order_id": order.id,
                    "user_id": order.user_id.id,
                    "date_planned": order.date_order.date(),
                }
                for place in range(FLOW["crm.satisfaction.request"])
            ]
        )

    @staticmethod
    def _add_activities(env, order):
        kind = env.ref("crm_service.crm_sales_activity_kind_call")
        env["crm.sales.activity"].create(
            [
                {
                    "name": f"Talk {place}",
                    "kind_id": kind.id,
                    "partner_id": order.partner_id.id,
                    "user_id": order.user_id.id,
                    "document_ids": [
                        Command.create({"document_ref": f"sale.order,{order.id}"})
                    ],
                }
                for place in range(FLOW["crm.sales.activity"])
            ]
        )

    # --- A CUSTOMER WITH MANY DOCUMENTS

    def _make_big_customer(self, env, user, partner):
        """Orders and invoices of others, copied to this one; and activities."""
        partner.write({"ref": f"{NAME} big", "user_id": user.id})
        env.flush_all()
        for table, share in BIG.items():
            self._copy(env, table, int(self.documents * share), partner)
        env.invalidate_all()

    @staticmethod
    def _copy(env, table, count, partner):
        """Copy rows of one table to another customer, each with a number of its own.

        Everything else stays: dates, states and amounts are those of real ones.
        """
        env.cr.execute(
            SQL(
                """SELECT attname FROM pg_attribute
                    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
                      AND attname NOT IN ('id', 'access_token', 'event_id',
                          'mail_activity_id', 'mail_message_id', 'plan_key')""",
                table,
            )
        )
        names = [row[0] for row in env.cr.fetchall()]
        other = {
            "name": SQL("t.name || '/' || n"),
            "partner_id": SQL("%s", partner.id),
            "commercial_partner_id": SQL("%s", partner.id),
            "partner_invoice_id": SQL("%s", partner.id),
            "partner_shipping_id": SQL("%s", partner.id),
        }
        env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (%(names)s)
                   SELECT %(values)s
                     FROM generate_series(1, %(rounds)s) n
               CROSS JOIN (SELECT * FROM %(table)s
                            WHERE partner_id != %(partner)s
                         ORDER BY id DESC LIMIT %(rows)s) t
                    LIMIT %(count)s""",
                table=SQL.identifier(table),
                names=SQL(", ").join(SQL.identifier(name) for name in names),
                values=SQL(", ").join(
                    other.get(name, SQL.identifier("t", name)) for name in names
                ),
                partner=partner.id,
                rounds=1 + count // 1000,
                rows=1000,
                count=count,
            )
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

    def coverage_pivot(self, screens):
        """Visits of all people by state."""

        def work(env):
            report = env["crm.visit.coverage.report"]
            return report.formatted_read_grouping_sets(
                [], [[], ["user_id"]], ["__count"]
            )

        return screens._median(work)
