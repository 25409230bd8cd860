from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from .intake_common import IntakeCommon


@tagged("post_install", "-at_install")
class TestServiceLookup(IntakeCommon, TransactionCase):
    """The one box of the telephone form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ida.write({"phone": "0171 / 55 66 778", "city": "Köln"})
        cls.order.client_order_ref = "PO_77%X"

    def _find(self, text, user=None):
        """Return (names, callers) of whom the agent finds."""
        partners = self.env["res.partner"].with_user(user or self.agent)
        callers = [
            caller
            for caller in partners.service_lookup(text)
            if caller["id"] in (self.berg | self.diaz).child_ids.ids
            or caller["id"] in (self.berg | self.diaz).ids
        ]
        return [caller["name"] for caller in callers], callers

    def test_number_is_found_in_any_notation(self):
        for text in (
            "+49 171 5566778",
            "0049 (0)171-55.66.778",
            "01715566778",
            "0171 / 55 66 77 8",
            "\uff10\uff11\uff17\uff11\uff15\uff15\uff16\uff16\uff17\uff17\uff18",
            "0171 55",
        ):
            with self.subTest(text=text):
                self.assertEqual(self._find(text)[0], ["Ida Berg"])
        self.assertEqual(self._find("+49 (30) 12345678")[0], ["Berg GmbH"])
        self.assertEqual(self._find("+34917654321")[0], ["Diaz SA"])
        self.assertEqual(self._find("01715566779")[0], [])

    def test_address_order_and_name_are_found_by_their_beginning(self):
        self.assertEqual(self._find("IN_IDA@")[0], ["Ida Berg"])
        self.assertEqual(self._find("in_i")[0], [])
        self.assertEqual(self._find("int-berg-1")[0], ["Berg GmbH"])
        self.assertEqual(self._find("po_77%")[0], ["Berg GmbH"])
        self.assertEqual(self._find("po%77")[0], [])  # no wildcard of the caller's
        self.assertEqual(self._find("dia oma")[0], ["Omar Diaz"])
        self.assertEqual(self._find("o'r <b> & | ! :*")[0], [])

    def test_caller_comes_with_orders_and_open_complaints(self):
        self._create_complaint(self.jan)
        self._create_complaint(self.ida)._move("cancel", reason="None")
        caller = self._find("0171 5566778")[1][0]
        self.assertEqual(
            (caller["customer"], caller["city"], caller["complaint_count"]),
            ("Berg GmbH", "Köln", 1),
        )
        self.assertEqual([order["id"] for order in caller["orders"]], [self.order.id])
        self.assertFalse(caller["order_id"])
        caller = self._find("INT-BERG-1")[1][0]
        self.assertEqual(
            (caller["order_id"], caller["found_by"]), (self.order.id, "order")
        )

    def test_archived_and_foreign_people_are_not_found(self):
        other = self.env["res.company"].create({"name": "Other"})
        contact = self.omar.copy(
            {"name": "Olga Diaz", "parent_id": self.diaz.id, "company_id": other.id}
        )
        self.assertEqual(self._find("Olga")[0], [])
        contact.company_id = False
        self.assertEqual(self._find("Olga")[0], ["Olga Diaz"])
        contact.active = False
        self.assertEqual(self._find("Olga")[0], [])
        self.assertEqual(self._find("")[0], [])

    def test_agents_only(self):
        internal = new_test_user(self.env, "in_other", "base.group_user")
        with self.assertRaises(AccessError):
            self._find("Ida", internal)

    def test_list_finds_another_notation_too(self):
        partners = self.env["res.partner"].with_user(self.agent)
        found = partners.search([("service_caller", "ilike", "+491715566778")])
        self.assertIn(self.ida, found)

    def test_lookup_costs_the_same_for_one_and_many(self):
        self.env["res.partner"].create(
            [
                {
                    "name": f"Manyfold {number}",
                    "child_ids": [Command.create({"name": "x"})],
                }
                for number in range(15)
            ]
        )
        partners = self.env["res.partner"].with_user(self.agent)
        counts = []
        for text in ("Manyfold 7", "Manyfold"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = partners.service_lookup(text)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertGreater(len(found), 0)
        self.assertLessEqual(counts[1], counts[0] + 2)
