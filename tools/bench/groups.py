"""The groups of rows of the table: what is measured, in which order, and its goals.

A group is a function that adds rows by ``bench.add(task, measure, goal, unit)``; to
measure something new, write one and list it in :data:`GROUPS`. ``measure`` returns the
value. A goal is a multiple of the baseline (unit ``B``), of one (``x``), a number of
seconds (``s``) or megabytes (``MB``), or None for what is told and not judged.
"""

import prepare
from activities import Activities, make_deliveries
from affinity import Affinity
from complaints import Complaints
from host import HostWrites
from imports import Imports
from lifecycle import Lifecycle
from lifetime import Lifetime
from screens import Screens
from seven_p import SevenP
from strategy import Policies, Retention, Roles
from tree import TeamTree

#: seconds that a screen may take, and megabytes of memory
SCREEN, MEMORY = 0.3, 400
#: from so many customers on a job may use more
LARGE, LARGE_MEMORY = 500_000, 800
#: orders of the import measured, and seconds: 100,000 in ten minutes
IMPORTED, IMPORT = 10_000, 60
#: orders that the host writes, with and without our indexes
WRITTEN = 20_000
#: teams and leads of the tree, and how much its rules may cost the host's screen
TEAMS, LEADS, RULES = 500, 100_000, 1.2
#: complaints, open cases of the deadline job, and seconds for job and look-up
COMPLAINTS, CASES, DEADLINES, LOOKUP = 100_000, 10_000, 10, 0.05
#: seconds for the flow of one document
FLOW = 0.1
#: seconds for a flow of 500 documents, the customer page, a plan, a team's calendar
BIG_FLOW, PAGE, PLAN, CALENDAR = 0.2, 0.25, 60, 0.5
#: customers and people of a plan, visits of a team, documents of one customer
VISITED, VISITORS, VISITS, DOCUMENTS = 20_000, 100, 5_000, 50_000
# deliveries of a year, and their report
DELIVERED, LATE = 20_000, 0.5
#: customers of a retention programme, partners whose policies are asked at once
RETAINED, RESOLVED = 50_000, 1000


def scorecards(bench):
    jobs = bench.jobs
    share = max(1, jobs.customers // 100)
    bench.add("Scorecards: first fill of the empty table, once", jobs.first_fill)
    prepare.settle(bench.name)
    bench.add("RFM part alone", jobs.rfm_part, 1)
    bench.add("Scorecards: full refresh, nothing differs", jobs.full_refresh, 5)
    bench.add(
        "Scorecards: full refresh, every row differs", jobs.full_refresh_all_differ, 5
    )
    prepare.settle(bench.name)
    bench.add(
        f"Scorecards: refresh, {share} customers changed (1 %)",
        lambda: jobs.incremental(share),
        0.15,
    )
    bench.add(
        "Scorecards: refresh, one customer changed, whole",
        lambda: jobs.incremental(1),
    )
    bench.add(
        "Scorecards: refresh, one customer changed, database work",
        jobs.incremental_in_database,
        0.010,
        "s",
    )
    bench.add("Scorecards: refresh, nothing changed", lambda: jobs.incremental(0), 0.05)
    bench.add("Scorecards: history of one month end", jobs.month_end, 5)


def seven_p(bench):
    """All 7 P: the core scorecards, every part with its sources, the scores."""
    parts = SevenP(bench.jobs, Screens(bench.session, "admin"))
    share = max(1, bench.jobs.customers // 100)
    parts.make_payments()
    deliveries = min(DELIVERED, bench.jobs.customers)
    make_deliveries(bench.session, deliveries)
    prepare.settle(bench.name)
    bench.add("7 P: first fill, once", parts.first_fill)
    prepare.settle(bench.name)
    bench.add("7 P: full refresh", parts.full_refresh, 12)
    bench.add(
        f"7 P: refresh, {share} customers changed (1 %)",
        lambda: parts.incremental(share),
        0.4,
    )
    bench.add("Profit analysis: 25 months worked out, once", parts.fill_profit)
    prepare.settle(bench.name)
    for task, measure in (
        (
            "Profit analysis: pivot by product",
            lambda: parts.profit_pivot("product_tmpl_id"),
        ),
        (
            "Profit analysis: pivot by category and tier",
            lambda: parts.profit_pivot("categ_id", "spending_tier"),
        ),
        ("7 P analysis: list", parts.report_list),
        ("7 P analysis: pivot by RFM group", parts.report_pivot),
        ("7 P board of a customer", parts.customer_board),
        ("7 P board of the company", parts.company_board),
        ("Retention cohorts", lambda: parts.grid("crm.cohort.grid")),
        ("Cost to win and to keep", lambda: parts.grid("crm.cost.grid")),
        ("Lost and won back", lambda: parts.grid("crm.churn.grid")),
        ("Value and satisfaction", lambda: parts.grid("crm.value.satisfaction.grid")),
    ):
        bench.add(task, measure, SCREEN, "s")


def segments(bench):
    jobs = bench.jobs
    jobs.make_segments()
    bench.add("20 rule segments: first placing of all, once", jobs.place_all)
    prepare.settle(bench.name)
    bench.add("20 rule segments: refresh, 1 % changed", jobs.segment_refresh, 3)
    jobs.date_back_memberships()
    bench.add("20 rule segments: refresh after two months", jobs.segment_refresh, 3)
    bench.add("Measures of 24 months", jobs.measures)
    prepare.settle(bench.name)


def lifecycle(bench):
    stays = Lifecycle(bench.jobs)
    share = max(1, bench.jobs.customers // 100)
    bench.add("Lifecycle: first fill of the empty table, once", stays.first_fill)
    prepare.settle(bench.name)
    bench.add("Lifecycle: full refresh, nothing differs", stays.full_refresh, 1.5)
    bench.add(
        f"Lifecycle: refresh, {share} customers changed (1 %)",
        lambda: stays.incremental(share),
        0.15,
    )
    bench.add(
        "Lifecycle: refresh, one customer changed, whole",
        lambda: stays.incremental(1),
    )
    bench.add(
        "Lifecycle: refresh, one customer changed, database work",
        stays.incremental_in_database,
        unit="s",
    )
    bench.add("Lifecycle: refresh, nothing changed", lambda: stays.incremental(0), 0.05)


def roles(bench):
    proposals = Roles(bench.session)
    proposals.make()
    bench.add("Roles: first proposals for all, once", proposals.propose_first)
    prepare.settle(bench.name)
    bench.add("Roles: orders of all customers read again", proposals.propose_again, 9)


def retention(bench):
    customers = min(RETAINED, bench.jobs.customers // 2)
    programme = Retention(bench.session, customers)
    programme.make()
    bench.add(
        f"Fixed target group: {bench.jobs.customers} customers taken",
        programme.take_all,
    )
    programme.keep()
    prepare.settle(bench.name)
    bench.add(f"Retention: programme of {customers} started", programme.start)
    bench.add("Retention: the same measured", programme.measure)
    policies = Policies(bench.session, RESOLVED)
    policies.make()
    bench.add(f"Policies of {RESOLVED} customers resolved", policies.resolve)


def screens(bench):
    for login, who in (("admin", "manager"), ("seller_1", "salesperson")):
        user = Screens(bench.session, login)
        for task, measure in (
            ("Scorecard list", user.scorecard_list),
            ("Pivot by segment", user.segment_pivot),
            ("Pivot by RFM group", user.rfm_pivot),
            ("RFM grid", user.rfm_grid),
            ("Segment migration", user.migration),
            ("Customer list, roles and lifecycle shown", user.customer_list),
            ("Customers by lifecycle state", user.customers_by_state),
            ("Lifecycle list", user.lifecycle_list),
            ("Lifecycle pivot", user.lifecycle_pivot),
        ):
            bench.add(f"{task}, {who}", measure, SCREEN, "s")
        bench.add(f"Pivot by segment, all schemes, {who}", user.schemes_pivot, unit="s")
        bench.add(f"Document flow, {who}", user.document_flow, FLOW, "s")


def rules(bench):
    """The host's lead list with our record rules and without them."""
    tree = TeamTree(bench.session, TEAMS, LEADS)
    for who, row in (("plain", "salesperson"), ("leader", "leader of all")):
        task = f"Lead list, {row}"
        bench.add(task, lambda who=who: tree.seconds(who), unit="s")
        bench.add(f"{task}, as a multiple", lambda who=who: tree.ratio(who), RULES, "x")


def complaints(bench):
    count = min(COMPLAINTS, bench.jobs.customers // 2)
    service = Complaints(bench.session, count)
    service.make()
    prepare.settle(bench.name)
    for task, measure in (
        ("Complaints: list of all", service.list),
        ("Complaints: list of the open ones", service.open_list),
        ("Complaints: board", service.kanban),
        ("Complaint: form", service.form),
        ("Complaint analysis: pivot by kind, a year", service.report_pivot),
        ("Complaint analysis: list", service.report_list),
        ("Open loops: list", service.loops),
        ("Customer-first board", service.board),
    ):
        bench.add(task, measure, SCREEN, "s")
    bench.add("Look-up of a caller by phone", service.lookup, LOOKUP, "s")
    bench.add(
        "Complaint analysis: cause and category, all years",
        service.report_pivot_product,
        unit="s",
    )
    bench.add("Complaint rate: pivot by product", service.rate_pivot, unit="s")
    bench.add("Recovery: one month measured", service.recovery_month)
    bench.add("Recovery: pivot", service.recovery_pivot, SCREEN, "s")
    cases = min(CASES, count // 10)
    bench.add(
        f"Deadlines of {cases} open complaints",
        lambda: service.deadlines(cases),
        DEADLINES,
        "s",
    )


def activities(bench):
    """Every row for a manager, and for one of the salespeople or their leader."""
    customers = min(VISITED, bench.jobs.customers // 2)
    documents = min(DOCUMENTS, bench.jobs.customers)
    sales = Activities(bench.session, customers, VISITORS, VISITS, documents)
    sales.make()
    deliveries = min(DELIVERED, bench.jobs.customers)
    make_deliveries(bench.session, deliveries)
    prepare.settle(bench.name)
    bench.add(f"Visit plan: a year, {customers} customers", sales.plan, PLAN, "s")
    prepare.settle(bench.name)
    bench.add("Visit plan: generated again, nothing differs", sales.plan, PLAN, "s")
    people = ((sales.manager, "manager"), (sales.person, "salesperson"))
    for user, who in people:
        for task, measure, goal in (
            ("Document flow: an order with 500 documents", sales.flow, BIG_FLOW),
            ("Customer page", sales.page, PAGE),
            (f"Customer page: {documents} documents", sales.big_page, PAGE),
            ("My Day", sales.home, SCREEN),
            ("Sales activities: list", sales.activity_list, SCREEN),
            ("Needs to ask for: list", sales.need_due_list, SCREEN),
            ("Visits due: list", sales.visit_due_list, SCREEN),
            ("Late orders: list", sales.late_order_list, SCREEN),
        ):
            bench.add(
                f"{task}, {who}",
                lambda measure=measure, user=user: measure(user),
                goal,
                "s",
            )
    for user, who in ((sales.manager, "manager"), (sales.leader, "leader")):
        bench.add(
            f"Calendar of {VISITS} visits, {who}",
            lambda user=user: sales.calendar(user),
            CALENDAR,
            "s",
        )
    for task, measure in (
        ("Activity analysis: by kind and person", sales.activity_pivot),
        ("Visit coverage: by person", sales.coverage_pivot),
    ):
        bench.add(task, lambda measure=measure: measure(sales.manager), unit="s")
    bench.add(
        f"Late deliveries: a year by month, of about {deliveries}",
        lambda: sales.delivery_pivot(sales.manager),
        LATE,
        "s",
    )


def affinities(bench):
    affinity = Affinity(bench.session)
    affinity.make()
    bench.add("Affinity: pairs and rules of three, full", affinity.full, 4)
    bench.add("Affinity: one day added", affinity.day, 0.1)
    bench.add("Next best offers: all customers", affinity.offers)
    bench.add("Next best offers: one customer", affinity.offers_of_one, unit="s")


def imports(bench):
    history = Imports(bench.session)
    bench.add(f"Import: check of {IMPORTED} orders", lambda: history.check(IMPORTED))
    bench.add(f"Import: {IMPORTED} orders loaded", history.load, IMPORT, "s")


def host_writes(bench):
    """Writes of the host's own tables, each undone by a rollback."""
    writes = HostWrites(bench.session, WRITTEN)
    bench.add(f"Host: {WRITTEN} orders updated, without our indexes", writes.without)
    bench.add(f"Host: {WRITTEN} orders updated, with them", writes.with_indexes)
    bench.add("Host: with them, as a multiple", writes.ratio, unit="x")


def lifetime(bench):
    models = Lifetime(bench.jobs)
    bench.add("Lifetime models: fit and predict", models.fit_and_predict, 0.5)
    bench.add("Lifetime models: fit with the check on past months", models.check)
    bench.add("Churn tendency of all customers", models.churn)
    bench.add("Churn tendency: back-test", models.back_test)


def costs(bench):
    bench.add(
        "Longest wait of a write during refreshes", bench.jobs.longest_wait, 1, "s"
    )
    memory = MEMORY if bench.jobs.customers < LARGE else LARGE_MEMORY
    loaded, *peaks = prepare.run_probe(bench.name)
    bench.add("Memory: Odoo process, registry loaded", lambda: loaded, unit="MB")
    steps = ("a full refresh of all 7 P", "a fit of the models", "a count of affinity")
    for step, peak in zip(steps, peaks, strict=True):
        bench.add(
            f"Memory: its peak after {step}", lambda peak=peak: peak, memory, "MB"
        )


GROUPS = (
    scorecards,
    seven_p,
    segments,
    lifecycle,
    roles,
    retention,
    screens,
    rules,
    complaints,
    activities,
    affinities,
    imports,
    host_writes,
    lifetime,
    costs,
)
