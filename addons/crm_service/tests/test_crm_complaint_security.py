from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .complaint_common import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintSecurity(ComplaintCase):
    """Who sees which complaints, and what each may do with them.

    ========== ======= ======== =========================== ==================
    complaint  team    agent    customer                    company
    ========== ======= ======== =========================== ==================
    north      north   nobody   Baker (of the salesperson)  own
    south      south   nobody   Stranger (of nobody)        own
    given      south   agent    Theirs (of a colleague)     own
    loose      none    nobody   none                        own
    foreign    none    nobody   Baker                       another
    ========== ======= ======== =========================== ==================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stranger, theirs = cls.env["res.partner"].create(
            [{"name": "Stranger"}, {"name": "Theirs", "user_id": cls.head.id}]
        )
        other = cls.env["res.company"].create({"name": "Other"})
        plain = {"quantity": 0, "order_id": False}
        create = cls._create_complaint
        cls.complaints = {
            "north": create(),
            "south": create(
                **plain, partner_id=stranger.id, team_id=cls.south.id, user_id=False
            ),
            "given": create(
                **plain,
                partner_id=theirs.id,
                team_id=cls.south.id,
                user_id=cls.agent.id,
            ),
            "loose": create(**plain, partner_id=False, user_id=False),
            "foreign": create(**plain, company_id=other.id, user_id=False),
        }
        cls.complaints["north"].user_id = False
        cls.complaints["loose"].team_id = False
        cls.portal = new_test_user(cls.env, "complaint_bea", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.customer

    def _see(self, user):
        ids = [complaint.id for complaint in self.complaints.values()]
        found = self.env["crm.complaint"].with_user(user).search([("id", "in", ids)])
        return {name for name, c in self.complaints.items() if c in found}

    def test_who_sees_what(self):
        everything = set(self.complaints) - {"foreign"}
        for user, expected in {
            self.agent: {"north", "given", "loose"},
            self.other_agent: {"south", "given", "loose"},
            self.head: everything,
            self.seller: {"north", "south"},
        }.items():
            with self.subTest(user=user.login):
                self.assertEqual(self._see(user), expected)
        for user in (self.clerk, self.storeman, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._see(user)

    def test_team_without_members_is_open_to_every_agent(self):
        self.south.member_ids = False
        self.assertEqual(self._see(self.agent), {"north", "south", "given", "loose"})

    def test_salesperson_and_customer_change_nothing(self):
        complaint = self.complaints["north"]
        for user in (self.seller, self.portal):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    complaint.with_user(user).write({"title": "X"})
                with self.assertRaises(AccessError):
                    complaint.with_user(user).action_take()
                with self.assertRaises(AccessError):
                    complaint.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    self.env["crm.complaint"].with_user(user).create({})
        self.assertEqual((complaint.title, complaint.state), ("Torn Bag", "new"))

    def test_customer_is_served_by_the_portal_only(self):
        for model in ("", ".kind", ".line", ".step", ".cause"):
            name = f"crm.complaint{model}"
            with self.subTest(model=name), self.assertRaises(AccessError):
                self.env[name].with_user(self.portal).search([])

    def test_agent_who_sells_reads_orders_and_writes_only_his_complaints(self):
        self.agent.group_ids += self.env.ref("sales_team.group_sale_salesman")
        self.order.user_id = self.head
        self.assertEqual(self.order.with_user(self.agent).amount_untaxed, 200.0)
        south = self.complaints["south"].with_user(self.agent)
        self.assertEqual(south.title, "Torn Bag")  # the customer is nobody's
        with self.assertRaises(AccessError):
            south.action_take()
        self.assertEqual(south.state, "new")

    def test_agent_reads_deliveries_and_changes_no_document(self):
        order = self.order.with_user(self.agent)
        self.assertEqual(order.order_line.product_uom_qty, 10)
        order.picking_ids.read(["state"])
        for record in (order, order.order_line, order.picking_ids):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.check_access("write")
