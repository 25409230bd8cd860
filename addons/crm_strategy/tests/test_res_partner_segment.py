from lxml import etree

from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .segment_common import SegmentCommon

DAY_1 = "2026-03-01 10:00:00"
DAY_2 = "2026-03-02 10:00:00"
LIST_SPEC = {"display_name": {}, "segment_ids": {"fields": {"display_name": {}}}}


@tagged("post_install", "-at_install")
class TestPartnerSegment(SegmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls._create_customer("Acme")
        cls.bolt = cls._create_customer("Bolt", is_company=False)
        cls.contact = cls._create_customer(
            "Contact", is_company=False, parent_id=cls.acme.id
        )
        cls.scheme = cls._create_scheme(
            ("Firms", [("is_company", "=", True)]), ("People", []), ("Picked", None)
        )
        cls.firms, cls.people, cls.picked = cls.scheme.segment_ids
        with freeze_time(DAY_1):
            cls.scheme._refresh()
        cls.own_domain = [("category_id", "in", cls.tag.ids)]

    def _search(self, *domain):
        return self.env["res.partner"].search([*self.own_domain, *domain], order="id")

    # --- FIELDS

    def test_contact_has_the_segments_of_its_company(self):
        self.assertEqual(self.contact.segment_ids, self.firms)
        self.assertEqual(self.contact.segment_count, 1)
        self.assertEqual(
            self._search(("segment_ids", "in", self.firms.ids)),
            self.acme | self.contact,
        )

    def test_segments_are_searchable_every_way(self):
        firms, people = self.acme | self.contact, self.bolt
        for domain, expected in (
            ([("segment_ids", "=", self.firms.id)], firms),
            ([("segment_ids", "!=", self.firms.id)], people),
            ([("segment_ids", "not in", self.firms.ids)], people),
            ([("segment_ids.name", "ilike", "peop")], people),
            ([("segment_ids", "ilike", "firms")], firms),
            ([("segment_ids.segmentation_id", "=", self.scheme.id)], firms | people),
            ([("segment_ids", "any", [("name", "=", "Firms")])], firms),
            ([("segment_ids", "not any", [("name", "=", "Firms")])], people),
            ([("segment_ids", "!=", False)], firms | people),
            ([("segment_ids", "=", False)], self.env["res.partner"]),
            ([("segment_ids", "in", [False, self.people.id])], people),
            ([("is_crm_customer", "=", True)], self.acme | people),
            ([("is_crm_customer", "=", False)], self.contact),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self._search(*domain), expected.sorted("id"))
                self.assertEqual(
                    (firms | people).filtered_domain(domain).sorted("id"),
                    expected.sorted("id"),
                )

    def test_action_opens_exactly_the_customers(self):
        action = self.firms.with_user(self.manager).action_open_customers()
        self.assertEqual(self._search(*action["domain"]), self.acme)
        action = self.scheme.with_user(self.manager).action_open_unassigned()
        self.assertEqual(self._search(*action["domain"]).ids, [])

    def test_form_shows_history(self):
        with Form(self.acme.with_user(self.manager)) as form:
            self.assertEqual(len(form.segment_membership_ids), 1)
            self.assertEqual(form.segment_ids[:], self.firms)

    # --- MERGE

    def _merge(self, sources, target):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((sources | target).ids, target, extra_checks=False)
        self.env.invalidate_all()

    def test_merge_keeps_history_and_doubles_nothing(self):
        clone = self._create_customer("Clone")
        other = self._create_scheme(("Free", []), kind="free")
        with freeze_time(DAY_1):
            (self.scheme | other)._refresh()
        with freeze_time(DAY_2):
            self.picked._assign(clone, lock={"is_locked": True, "lock_reason": "x"})
            self._merge(clone, self.acme)
        self.assertFalse(clone.exists())
        self.assertEqual(
            sorted(self._history(self.acme, self.scheme), key=str),
            [
                ("Firms", "rule", "merged"),
                ("Firms", "rule", "moved"),
                ("Picked", "manual", False),
            ],
        )
        self.assertEqual(
            sorted(self._history(self.acme, other), key=str),
            [("Free", "rule", "merged"), ("Free", "rule", False)],
        )
        self.assertEqual(self.acme.segment_ids, self.picked | other.segment_ids)

    def test_merge_into_a_contact_keeps_the_history_with_its_company(self):
        self._merge(self.bolt, self.contact)
        self.assertEqual(
            sorted(self._history(self.acme, self.scheme), key=str),
            [("Firms", "rule", False), ("People", "rule", "merged")],
        )

    # --- COST

    def _count_queries(self, user, spec):
        partners = self.env["res.partner"].with_user(user)
        partners.web_search_read(self.own_domain, spec)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        partners.web_search_read(self.own_domain, spec)
        return self.cr.sql_log_count - before

    def test_list_costs_the_same_for_1_and_50_customers(self):
        few = self._count_queries(self.manager, LIST_SPEC)
        self.env["res.partner"].create(
            [
                {"name": f"C{i}", "category_id": [Command.link(self.tag.id)]}
                for i in range(50)
            ]
        )
        self.scheme._refresh()
        self.assertEqual(self._count_queries(self.manager, LIST_SPEC), few)
        plain = self._count_queries(self.manager, {"display_name": {}})
        self.assertLessEqual(few - plain, 4)

    def _fields_in(self, views, view_type):
        arch = etree.fromstring(views["views"][view_type]["arch"])
        return {node.get("name") for node in arch.iter("field")}

    def test_other_users_meet_nothing_of_ours(self):
        """Neither field nor query: the views of others are the host's."""
        ours = {"segment_ids", "segment_count", "segment_membership_ids"}
        ours.add("is_crm_customer")
        for view_type in ("form", "list", "kanban", "search"):
            with self.subTest(view_type=view_type):
                partners = self.env["res.partner"].with_user(self.employee)
                views = partners.get_views([(False, view_type)])
                self.assertFalse(ours & set(views["models"]["res.partner"]["fields"]))
                self.assertFalse(ours & self._fields_in(views, view_type))
                views = partners.with_user(self.rep).get_views([(False, view_type)])
                self.assertIn("segment_ids", self._fields_in(views, view_type))
        self.assertFalse(
            ours & set(self.env["res.partner"].with_user(self.employee).fields_get())
        )
