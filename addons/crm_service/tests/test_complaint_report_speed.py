from lxml import etree

from odoo.tests import tagged

from .analysis_common import AnalysisCommon

#: report: statements of its list and of its pivot, however many rows there are
BUDGETS = {
    "crm_complaint_report": (12, 8),
    "crm_complaint_step_report": (12, 8),
    "crm_complaint_loop": (12, 8),
    "crm_complaint_rate": (12, 8),
}


@tagged("post_install", "-at_install")
class TestComplaintReportSpeed(AnalysisCommon):
    """What the reports ask of the database does not grow with the complaints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.few = cls._create_case(cls.mill)
        cls.many = cls.few.browse(
            [cls._create_case(cls.baker).id for _number in range(12)]
        )

    @classmethod
    def _create_case(cls, partner):
        complaint = cls._create_complaint(partner, [(cls.flour, 2, None, 10.0)])
        cls.env["crm.complaint.step"].create(
            {"complaint_id": complaint.id, "name": "A", "department": "finance"}
        )
        return complaint

    def _open(self, name, kind):
        """Return the report as the head reads it, and the fields of its view."""
        report = self.env[name.replace("_", ".")].with_user(self.head)
        report = report.with_context(allowed_company_ids=self.alpha.ids)
        view = self.env.ref(f"crm_service.{name}_view_{kind}")
        arch = etree.fromstring(report.get_view(view.id, kind)["arch"])
        return report, list(arch.iter("field"))

    def _get_domain(self, report, complaints):
        if "complaint_id" in report._fields:
            return [("complaint_id", "in", complaints.ids)]
        return [("product_id", "in", complaints.line_ids.product_id.ids)]

    def _read_list(self, name, complaints):
        report, nodes = self._open(name, "list")
        names = {node.get("name") for node in nodes}
        specification = {
            field: {"fields": {"display_name": {}}}
            if report._fields[field].type == "many2one"
            else {}
            for field in names
        }
        self.env.flush_all()
        self.env.invalidate_all()
        domain = self._get_domain(report, complaints)
        return lambda: report.web_search_read(domain, specification, limit=80)

    def _read_pivot(self, name, complaints):
        report, nodes = self._open(name, "pivot")
        rows = [node.get("name") for node in nodes if node.get("type") == "row"]
        measures = ["__count"] + [
            f"{node.get('name')}:{report._fields[node.get('name')].aggregator}"
            for node in nodes
            if node.get("type") == "measure"
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        domain = self._get_domain(report, complaints)
        return lambda: report.formatted_read_grouping_sets(
            domain, [rows[:place] for place in range(len(rows) + 1)], measures
        )

    def test_lists_and_pivots_have_a_budget(self):
        for name, budgets in BUDGETS.items():
            for read, budget in zip(
                (self._read_list, self._read_pivot), budgets, strict=True
            ):
                with self.subTest(report=name, budget=budget):
                    read(name, self.many)()  # rules and views are in the cache
                    for complaints in (self.few, self.many):
                        work = read(name, complaints)
                        with self.assertQueryCount(budget):
                            self.assertTrue(work())

    def test_list_reads_its_rows_once(self):
        """Nothing that the rules ask for is read in a second statement."""
        read = self._read_list("crm_complaint_report", self.many)
        read()
        read = self._read_list("crm_complaint_report", self.many)
        statements = []
        execute = type(self.env.cr).execute

        def note(cursor, query, *args, **kwargs):
            statements.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", note)
        read()
        rows = [text for text in statements if "crm_complaint_line l" in text]
        self.assertEqual(len(rows), 1)

    def test_rows_are_found_by_their_ids(self):
        bare = self._create_complaint(self.mill)
        report = self.env["crm.complaint.report"]
        rows = report.search([("complaint_id", "in", (self.many + bare).ids)])
        self.assertEqual(len(rows), 13)
        rows.invalidate_recordset()
        found = report.search([("id", "in", rows.ids)])
        self.assertEqual(found, rows)
        self.assertEqual(rows.complaint_id, self.many + bare)
        self.assertEqual(rows.browse(rows[:1].id).exists(), rows[:1])
        self.assertFalse(report.search([("id", "in", [])]))
        self.assertFalse(report.search([("id", "=", False)]))
        self.assertEqual(report.search([("id", "=", rows[3].id)]), rows[3])

    def test_salespeople_find_the_report_in_their_menu(self):
        menu = self.env.ref("crm_service.crm_complaint_report_menu_sales")
        self.assertIn(menu.id, self._get_menus(self.seller))
        self.assertEqual(menu.parent_id, self.env.ref("crm.crm_menu_report"))
        report = self.env["crm.complaint.report"].with_user(self.seller)
        report = report.with_context(allowed_company_ids=self.alpha.ids)
        own = report.search([("product_id", "=", self.flour.id)])
        self.assertEqual(own.commercial_partner_id, self.mill)

    def _get_menus(self, user):
        return self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
