import base64

from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .visit_common import NOW, VisitCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCrmVisitReport(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.division = cls.env["crm.division"].create({"name": "Visited metal"})
        attributes = cls.env["crm.partner.attribute"]
        cls.capacity, cls.trend = attributes.create(
            [
                {
                    "name": "Furnace capacity",
                    "division_id": cls.division.id,
                    "value_type": "number",
                    "unit": "t/a",
                },
                {
                    "name": "Demand",
                    "division_id": cls.division.id,
                    "value_type": "selection",
                    "choice_ids": [
                        Command.create({"name": name}) for name in ("Rising", "Falling")
                    ],
                },
            ]
        )
        cls.template = cls.env["crm.visit.template"].create(
            {
                "name": "Foundry visit",
                "kind_id": cls.routine.id,
                "division_id": cls.division.id,
                "purpose": "Volumes of the next quarter",
                "checklist": "Price list",
                "definition": [
                    {"name": "aa", "string": "Capacity", "type": "float"},
                    {
                        "name": "bb",
                        "string": "How is demand?",
                        "type": "selection",
                        "selection": [["up", "Rising"], ["down", "Falling"]],
                    },
                    {"name": "cc", "string": "Remarks", "type": "char"},
                ],
                "attribute_ids": [
                    Command.create(
                        {"question": "Capacity", "attribute_id": cls.capacity.id}
                    ),
                    Command.create(
                        {"question": "How is demand?", "attribute_id": cls.trend.id}
                    ),
                ],
            }
        )
        role = cls.env["crm.partner.role"].create(
            {"name": "Customer", "division_id": cls.division.id, "kind": "customer"}
        )
        cls.env["crm.partner.role.assignment"].create(
            {
                "partner_id": cls.customer.id,
                "role_id": role.id,
                "date_from": "2026-01-01",
            }
        )
        cls.visit_one = cls._create_visit(date_start="2026-03-11 08:00:00")

    def _answer(self, **values):
        self.visit_one.findings_properties = values

    def _get_observations(self):
        return self.env["crm.partner.observation"].search(
            [("partner_id", "=", self.customer.id)], order="attribute_id"
        )

    # --- TEMPLATES

    def test_the_template_of_the_customers_division_is_chosen(self):
        self.assertEqual(self.visit_one.template_id, self.template)
        self.assertEqual(self.visit_one.purpose, "Volumes of the next quarter")
        self.assertEqual(self.visit_one.checklist, "Price list")
        stranger = self._create_customer("Stranger", self.anna)
        other = self._create_visit(partner_id=stranger.id)
        self.assertNotEqual(other.template_id, self.template)
        call = self._create_touch()
        self.assertFalse(call.template_id)

    def test_a_form_begins_with_the_template(self):
        form = Form(
            self.env["crm.sales.activity"]
            .with_user(self.anna)
            .with_context(default_kind_id=self.routine.id)
        )
        form.partner_id = self.berta
        self.assertEqual(form.partner_id, self.customer)
        self.assertEqual(form.template_id, self.template)
        visit = form.save()
        self.assertEqual(visit.purpose, "Volumes of the next quarter")

    def test_ties_that_do_not_fit_are_refused(self):
        line = {"template_id": self.template.id}
        ties = self.env["crm.visit.template.attribute"]
        size = self.capacity.copy({"name": "Size"})
        save = self.env.cr.savepoint
        with self.assertRaisesRegex(ValidationError, "has no question"), save():
            ties.create({**line, "question": "Nothing", "attribute_id": size.id})
        with self.assertRaisesRegex(ValidationError, "do not fit"), save():
            ties.create({**line, "question": "Remarks", "attribute_id": size.id})
        with self.assertRaisesRegex(ValidationError, "not among the choices"):
            self.template.definition = [
                {
                    "name": "aa",
                    "string": "Capacity",
                    "type": "float",
                },
                {
                    "name": "bb",
                    "string": "How is demand?",
                    "type": "selection",
                    "selection": [["up", "Rising"], ["flat", "Stable"]],
                },
            ]

    def test_a_template_in_use_is_archived_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Archive the template"):
            self.template.unlink()
        self.template.active = False

    # --- ANSWERS

    def test_answers_become_observations_when_the_visit_is_done(self):
        self._answer(aa=1250.0, bb="up", cc="Nice people")
        self.assertFalse(self._get_observations())
        self._finish(self.visit_one.with_user(self.anna))
        capacity, trend = self._get_observations()
        self.assertEqual(
            (capacity.attribute_id, capacity.value_number, capacity.value_display),
            (self.capacity, 1250.0, "1,250"),
        )
        self.assertEqual(trend.value_choice_id.name, "Rising")
        self.assertEqual(
            (capacity.source, str(capacity.date), capacity.user_id),
            ("visit", "2026-03-11", self.anna),
        )
        self.assertEqual(self.visit_one.observation_ids, capacity | trend)

    def test_done_again_changes_the_same_observations(self):
        self._answer(aa=1250.0, bb="up")
        self._finish(self.visit_one)
        capacity, trend = self._get_observations()
        self.visit_one.action_reopen()
        self._answer(aa=0.0, bb=False)
        self._finish(self.visit_one)
        self.assertEqual(self._get_observations(), capacity)
        self.assertEqual(capacity.value_number, 0.0)
        self.assertFalse(trend.exists())

    def test_a_report_records_what_others_deliver(self):
        category = self.env["product.category"].create({"name": "Billets"})
        rival = self._create_customer("Rival")
        form = Form(self.visit_one.with_user(self.anna))
        with form.supply_record_ids.new() as line:
            line.category_id = category
            line.supplier_id = rival
            line.date_from = "2026-01-01"
            line.date_to = "2026-03-31"
            line.quantity = 90
        form.save()
        self.assertRecordValues(
            self.visit_one.supply_record_ids,
            [
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "supplier_id": rival.id,
                    "source": "visit",
                    "quantity": 90,
                    "user_id": self.anna.id,
                }
            ],
        )

    def test_an_agent_reads_the_whole_visit_but_what_he_may_not(self):
        visit = self.visit_one.with_user(self.agent)
        spec = self._get_form_spec(visit)
        self.assertNotIn("supply_record_ids", spec)
        self.assertNotIn("observation_ids", spec)
        [found] = visit.web_read(spec)
        self.assertEqual(found["id"], visit.id)
        self.assertTrue(visit.read())
        visit = self.visit_one.with_user(self.anna)
        spec = self._get_form_spec(visit)
        self.assertIn("supply_record_ids", spec)
        self.assertIn("observation_ids", spec)
        self.assertEqual(visit.web_read(spec)[0]["supply_record_ids"], [])

    def _get_form_spec(self, visit):
        """Return all fields that the form of a visit reads."""
        names = visit.get_views([(False, "form")])["models"][visit._name]["fields"]
        arch = etree.fromstring(visit.get_view(view_type="form")["arch"])
        own = {node.get("name") for node in arch.iter("field")}
        return {name: {} for name in names if name in own}

    def test_an_unanswered_report_writes_nothing(self):
        self._answer(aa=False)
        self._finish(self.visit_one)
        self.assertFalse(self._get_observations())

    def test_needs_of_a_visit(self):
        form = Form(self.visit_one.with_user(self.anna))
        with form.need_ids.new() as need:
            need.name = "Wider coils"
        form.competitor_note = "Smelter B offers 2 % less"
        form.save()
        need = self.visit_one.need_ids
        self.assertEqual(
            (need.partner_id, need.source, need.user_id),
            (self.customer, "visit", self.anna),
        )

    # --- PHOTOS

    def _create_photo(self, name="photo.png", content=None):
        return (
            self.env["ir.attachment"]
            .with_user(self.anna)
            .create(
                {
                    "name": name,
                    "datas": content or PIXEL,
                    "res_model": "crm.sales.activity",
                    "res_id": 0,
                }
            )
        )

    def test_photos_are_seen_by_whoever_sees_the_visit(self):
        photo = self._create_photo()
        self.visit_one.with_user(self.anna).photo_ids = photo
        self.assertEqual(photo.res_id, self.visit_one.id)
        self.assertEqual(photo.with_user(self.lea).name, "photo.png")
        with self.assertRaises(AccessError):
            photo.with_user(self.carl).read(["name", "datas"])

    def test_only_photos_and_not_too_many(self):
        text = self._create_photo("notes.txt", base64.b64encode(b"hello"))
        with self.assertRaisesRegex(ValidationError, "is not a photo"):
            self.visit_one.photo_ids = text
        many = self.env["ir.attachment"].concat(
            *(self._create_photo(f"{number}.png") for number in range(21))
        )
        with self.assertRaisesRegex(ValidationError, "up to 20 photos"):
            self.visit_one.photo_ids = many

    # --- CHECK-IN

    def test_no_place_unless_the_company_asks_and_the_visitor_consents(self):
        visit = self.visit_one.with_user(self.anna)
        with self.assertRaisesRegex(UserError, "switched off"):
            visit.action_check_in(52.5, 13.4, True)
        self.company.is_visit_checkin = True
        with self.assertRaisesRegex(UserError, "only with your consent"):
            visit.action_check_in(52.5, 13.4)
        with self.assertRaisesRegex(UserError, "not a valid position"):
            visit.action_check_in(152.5, 13.4, True)
        self.assertFalse(visit.checkin_date)
        visit.action_check_in(52.5, 13.4, True)
        self.assertTrue(self.anna.is_checkin_consent)
        self.assertEqual(
            (visit.checkin_latitude, visit.checkin_longitude), (52.5, 13.4)
        )
        self.assertEqual(str(visit.checkin_date), NOW)
        self.assertIn("52.500000,13.400000", visit.action_open_checkin_map()["url"])

    def test_nobody_checks_in_for_somebody_else(self):
        self.company.is_visit_checkin = True
        visit = self.visit_one.with_user(self.lea)
        with self.assertRaises(AccessError):
            visit.action_check_in(52.5, 13.4, True)
        self.visit_one.with_user(self.anna).action_check_in(52.5, 13.4, True)
        with self.assertRaises(AccessError):
            visit.action_remove_checkin()
        self.assertTrue(self.visit_one.checkin_date)
        self.visit_one.with_user(self.anna).action_remove_checkin()
        self.assertFalse(self.visit_one.checkin_date)
        self.assertEqual(self.visit_one.checkin_latitude, 0.0)

    # --- PRINT

    def test_the_report_is_printed(self):
        self._answer(aa=1250.0, bb="up")
        self.visit_one.write(
            {
                "findings": "Content",
                "photo_ids": [Command.link(self._create_photo().id)],
            }
        )
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("crm_service.crm_visit_report", self.visit_one.ids)[0]
            .decode()
        )
        for text in ("Foundry", "How is demand?", "Rising", "1250.0", "Content"):
            self.assertIn(text, html)
        self.assertIn("data:image/png", html)
