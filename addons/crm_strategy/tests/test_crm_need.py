from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import file_open, mute_logger

from .concept_common import ConceptCommon


@tagged("post_install", "-at_install")
class TestCrmNeed(ConceptCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls._create_customer("Acme", user_id=cls.rep.id)
        cls.ann = cls.env["res.partner"].create(
            {"name": "Ann", "parent_id": cls.acme.id}
        )
        cls.other = cls._create_customer("Other", user_id=cls.rep_all.id)

    # --- RECORDING

    def test_salesperson_records_a_need_of_a_contact(self):
        with Form(self.env["crm.need"].with_user(self.rep)) as form:
            form.name = "Certificate with each lot"
            form.partner_id = self.ann
            self.assertEqual(form.partner_id, self.acme)
            self.assertEqual(form.contact_id, self.ann)
            form.strength = 5
        need = form.record
        self.assertEqual(need.partner_id, self.acme)
        self.assertEqual((need.user_id, need.state), (self.rep, "new"))
        self.assertEqual(need.company_id, self.company_a)

    def test_a_contact_written_as_customer_becomes_who_said_it(self):
        need = self._create_need(self.ann)
        self.assertEqual((need.partner_id, need.contact_id), (self.acme, self.ann))
        need.partner_id = self.other
        self.assertEqual(need.partner_id, self.other)

    def test_category_comes_from_the_product(self):
        category = self.env["product.category"].create({"name": "Billet"})
        product = self.env["product.product"].create(
            {"name": "6063", "categ_id": category.id}
        )
        self.assertEqual(
            self._create_need(self.acme, product_id=product.id).categ_id, category
        )
        self.assertEqual(
            self._create_need(self.acme, categ_id=category.id).categ_id, category
        )

    @mute_logger("odoo.sql_db")
    def test_strength_lies_between_one_and_five(self):
        for strength in (-1, 0, 6):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self._create_need(self.acme, strength=strength)

    def test_due_before_asked_is_refused(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._create_need(self.acme, date="2026-03-10", date_due="2026-03-09")

    def test_import_template_names_columns_of_the_model(self):
        template = self.env["crm.need"].get_import_templates()[0]["template"]
        url = template.removeprefix("/")
        with file_open(url) as file:
            heads = file.readline().strip().split(",")
        labels = {f["string"] for f in self.env["crm.need"].fields_get().values()}
        self.assertLessEqual(set(heads), labels)

    # --- STATES

    def test_answer_and_result_are_asked_for(self):
        need = self._create_need(self.acme).with_user(self.rep)
        for action in ("action_answer", "action_decline", "action_meet"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                getattr(need, action)()
        self.assertEqual(need.state, "new")
        need.answer = "From June on"
        need.action_answer()
        self.assertEqual((need.state, need.date_closed), ("answered", False))
        need.result = "Delivered with ± 0.5 mm"
        need.action_meet()
        self.assertEqual(need.state, "met")
        self.assertTrue(need.date_closed)
        need.action_reopen()
        self.assertEqual((need.state, need.date_closed), ("new", False))

    def test_a_card_is_dragged_by_the_same_table(self):
        need = self._create_need(self.acme, answer="No", result="Yes")
        need.state = "met"
        self.assertTrue(need.date_closed)
        with self.assertRaises(UserError):
            need.state = "answered"
        with self.assertRaises(UserError):
            need.action_decline()
        self.assertEqual(need.state, "met")

    # --- OPPORTUNITY

    def test_needs_become_one_opportunity_and_are_parted_again(self):
        needs = self._create_need(self.ann, description="0.5 mm", user_id=self.rep.id)
        needs |= self._create_need(self.acme, name="Faster delivery")
        mine = needs.with_user(self.rep)
        action = mine.action_create_lead()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual((lead.partner_id, lead.user_id), (self.ann, self.rep))
        self.assertEqual(lead.company_id, self.company_a)
        self.assertEqual(lead.need_count, 2)
        with self.assertRaises(UserError):
            mine.action_create_lead()
        mine[0].action_unlink_lead()
        self.assertEqual(lead.need_ids, needs[1])
        lead.unlink()
        self.assertFalse(needs[1].lead_id)
        self.assertTrue(needs.exists())

    def test_needs_of_two_customers_are_no_opportunity(self):
        needs = self._create_need(self.acme) | self._create_need(self.other)
        count = self.env["crm.lead"].search_count([])
        with self.assertRaises(UserError):
            needs.action_create_lead()
        self.assertEqual(self.env["crm.lead"].search_count([]), count)

    # --- CUSTOMER, SEGMENT

    def test_customer_and_contact_show_the_open_needs(self):
        needs = self._create_need(self.ann) | self._create_need(self.acme)
        needs |= self._create_need(self.acme, state="met", result="Done")
        self.assertEqual(self.acme.open_need_count, 2)
        self.assertEqual(self.ann.open_need_count, 2)
        action = self.ann.action_open_needs()
        self.assertEqual(self.env["crm.need"].search(action["domain"]), needs)
        self.assertEqual(action["context"]["default_contact_id"], self.ann.id)

    def test_segment_rules_test_needs_and_segments_list_them(self):
        scheme = self._create_scheme(
            ("Wishing", [("need_ids.kind", "=", "wish")]), ("Rest", [])
        )
        wish = self._create_need(self.acme, kind="wish")
        self._create_need(self.other)
        scheme.with_user(self.manager).segment_ids[0].write(
            {"domain": str(self._tagged([("need_ids.kind", "=", "wish")]))}
        )
        scheme._refresh()
        self.assertSegments(scheme, {"Wishing": {"Acme"}, "Rest": {"Other"}})
        action = self._segment(scheme, "Wishing").action_open_needs()
        self.assertEqual(self.env["crm.need"].search(action["domain"]), wish)

    def test_who_was_not_asked_for_a_year_is_found(self):
        self._create_need(self.acme)
        self._create_need(self.other, date="2020-01-01")
        domain = [
            ("category_id", "in", self.tag.ids),
            ("need_ids", "not any", [("date", ">=", "today -365d")]),
        ]
        partners = self.env["res.partner"].with_user(self.rep)
        self.assertEqual(partners.search(domain), self.other)

    # --- FOLLOWING THE CUSTOMER

    def _merge(self, duplicate, partner):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((duplicate + partner).ids, partner)
        self.env.invalidate_all()

    def test_needs_follow_a_merged_customer(self):
        double = self._create_customer("Acme Ltd")
        bea = self.env["res.partner"].create({"name": "Bea", "parent_id": double.id})
        need = self._create_need(bea)
        own = self._create_need(self.acme)
        self._merge(double, self.acme)
        self.assertEqual((need.partner_id, need.contact_id), (self.acme, bea))
        self.assertEqual(self.acme.need_ids, need | own)

    def test_needs_of_a_person_merged_into_a_contact_go_to_the_company(self):
        person = self._create_customer("Ann", is_company=False)
        need = self._create_need(person)
        self._merge(person, self.ann)
        self.assertEqual((need.partner_id, need.contact_id), (self.acme, self.ann))

    def test_a_person_who_joins_a_company_brings_his_needs(self):
        person = self._create_customer("Bob", is_company=False)
        need = self._create_need(person)
        person.with_user(self.manager).parent_id = self.acme
        self.assertEqual((need.partner_id, need.contact_id), (self.acme, person))

    def test_needs_of_an_archived_customer_stay(self):
        need = self._create_need(self.acme)
        self.acme.active = False
        self.assertEqual(self.env["crm.need"].search([("id", "=", need.id)]), need)

    # --- RIGHTS

    def test_who_sees_whose_needs(self):
        mine = self._create_need(self.acme)
        theirs = self._create_need(self.other)
        nobody = self._create_need(self._create_customer("Nobody"))
        answering = self._create_need(self.other, user_id=self.rep.id)
        foreign = self._create_need(self.acme, company_id=self.company_b.id)
        every = mine | theirs | nobody | answering | foreign

        def seen(user):
            found = self.env["crm.need"].with_user(user)
            return found.search([("id", "in", every.ids)])

        self.assertEqual(seen(self.rep), mine | nobody | answering)
        self.assertEqual(seen(self.rep_all), every - foreign)
        self.assertEqual(seen(self.manager), every - foreign)
        self.assertDenied(lambda: seen(self.employee))
        self.assertDenied(lambda: seen(self.portal))
        self.assertDenied(lambda: theirs.with_user(self.rep).write({"strength": 5}))
        self.assertDenied(lambda: mine.with_user(self.rep).unlink())
        self.assertEqual(theirs.strength, 3)
        self.assertTrue(mine.exists())

    def test_a_leader_sees_the_needs_of_his_team(self):
        team = self.env["crm.team"].create(
            {"name": "Tree", "user_id": self.rep.id, "company_id": self.company_a.id}
        )
        member = self._create_user("seg_member", "sales_team.group_sale_salesman")
        team.member_ids = member
        self.other.user_id = member
        need = self._create_need(self.other)
        found = self.env["crm.need"].with_user(self.rep).search([])
        self.assertIn(need, found)

    def test_a_document_that_may_not_be_read_shows_no_name(self):
        lead = self.env["crm.lead"].create(
            {"name": "Secret deal", "user_id": self.rep_all.id, "type": "opportunity"}
        )
        need = self._create_need(self.acme, document_ref=f"crm.lead,{lead.id}")
        reader = need.with_user(self.rep)
        spec = {"document_ref": {"fields": {"display_name": {}}}}
        self.assertNotIn("Secret", str(reader.web_read(spec)))
        self.assertNotIn("Secret", str(reader.read(["document_ref"])))
        self.assertDenied(reader.action_open_document)
        self.assertDenied(
            lambda: (
                self._create_need(self.acme)
                .with_user(self.rep)
                .write({"document_ref": f"crm.lead,{lead.id}"})
            )
        )
        with self.assertRaises(ValueError), self.cr.savepoint():
            need.document_ref = f"res.users,{self.rep.id}"

    # --- SPEED

    def test_lists_cost_the_same_for_many(self):
        needs = self.env["crm.need"]
        for index in range(20):
            needs |= self._create_need(
                self._create_customer(f"C{index}", user_id=self.rep.id)
            )
        spec = {
            "name": {},
            "state": {},
            "allowed_actions": {},
            "partner_id": {"fields": {"display_name": {}}},
            "user_id": {"fields": {"display_name": {}}},
        }
        needs[:2].with_user(self.rep).web_read(spec)
        for some in (needs[:2], needs):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(2):
                some.with_user(self.rep).web_read(spec)
        self.env.invalidate_all()
        partners = needs.partner_id.with_user(self.rep)
        partners.mapped("user_id")
        with self.assertQueryCount(2):
            partners.mapped("open_need_count")
