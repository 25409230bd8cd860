from odoo.tests import tagged

from .complaint_common import ComplaintCase

LIST = [
    "name",
    "title",
    "partner_id",
    "kind_id",
    "amount",
    "date_received",
    "deadline_next",
    "decision_state",
    "resolution_state",
    "user_id",
    "state",
]
CARD = [*LIST, "is_waiting", "tag_ids", "activity_ids", "activity_state", "priority"]


@tagged("post_install", "-at_install")
class TestComplaintSpeed(ComplaintCase):
    """What is asked of the database does not grow with the number of complaints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.many = cls.env["crm.complaint"].create(
            [{"kind_id": cls.kind.id, "partner_id": cls.bea.id}] * 50
        )

    def _read(self, complaints, names):
        """Read as the web client does, from an empty cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        model = complaints.with_user(self.agent)
        specification = {
            name: {"fields": {"display_name": {}}}
            if model._fields[name].type == "many2one"
            else {}
            for name in names
        }
        before = self.env.cr.sql_log_count
        model.web_search_read([("id", "in", complaints.ids)], specification)
        return self.env.cr.sql_log_count - before

    def test_list_and_board_cost_the_same_for_one_and_many(self):
        for names, budget in ((LIST, 9), (CARD, 15)):
            with self.subTest(names=names):
                self._read(self.many, names)  # rules are in the cache
                one = self._read(self.many[0], names)
                many = self._read(self.many, names)
                self.assertEqual(one, many)
                self.assertLessEqual(many, budget)

    def test_counts_on_customers_cost_one_query(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {index}"} for index in range(30)]
        )
        for records in (partners, self.customer + self.bea + partners):
            records = records.with_user(self.agent)
            records.mapped("complaint_count")
            records.invalidate_recordset()
            records.mapped("commercial_partner_id")
            with self.assertQueryCount(1):
                counts = records.mapped("complaint_count")
        self.assertEqual(counts[:3], [50, 50, 0])
