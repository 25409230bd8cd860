from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .role_common import CHOICE, NUMBER, RoleCommon


@tagged("post_install", "-at_install")
class TestPartnerObservation(RoleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls._create_partner("Acme", user_id=cls.rep.id)
        cls.technology = cls._create_attribute(
            "Cell technology",
            "selection",
            choice_ids=[
                Command.create({"name": "Prebaked"}),
                Command.create({"name": "Soderberg"}),
            ],
        )

    @classmethod
    def _create_attribute(cls, name, value_type, **vals):
        return cls.env["crm.partner.attribute"].create(
            {
                "name": name,
                "division_id": cls.division.id,
                "value_type": value_type,
                **vals,
            }
        )

    # --- VALUES

    def test_written_value_is_typed_and_typed_value_is_written(self):
        observation = self._observe(self.acme, "1250000")
        self.assertEqual(observation.value_number, 1250000.0)
        self.assertEqual(
            (observation.value_display, observation.unit), ("1,250,000", "t/a")
        )
        observation.value_number = 99.5
        self.assertEqual(observation.value_display, "99.5")
        observation.value_display = "1,000.25 t/a"
        self.assertEqual(observation.value_number, 1000.25)
        observation.value_number = 0.0
        self.assertEqual(observation.value_display, "0")

    def test_each_kind_of_value(self):
        choice = self._observe(self.acme, "prebaked", attribute=self.technology)
        self.assertEqual(choice.value_choice_id, self.technology.choice_ids[0])
        self.assertEqual(choice.value_display, "Prebaked")
        day = self._create_attribute("Shutdown", "date")
        seen = self._observe(self.acme, "2026-03-05", attribute=day)
        self.assertEqual(str(seen.value_date), "2026-03-05")
        flag = self._create_attribute("Own power", "boolean")
        self.assertTrue(self._observe(self.acme, "yes", attribute=flag).value_bool)
        text = self._create_attribute("Remark", "text")
        self.assertEqual(
            self._observe(self.acme, " fine ", attribute=text).value_text, "fine"
        )

    def test_what_does_not_fit_is_refused_with_the_choices(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.acme.id}
        )
        refused = [
            (self.acme, "plenty", {}, "does not fit .* Number"),
            (
                self.acme,
                "Inert",
                {"attribute": self.technology},
                "Prebaked, Soderberg",
            ),
            (self.acme, False, {}, "Enter the value"),
            (self.acme, "5", {"date": self._day(3)}, "in the future"),
            (contact, "5", {}, "contact of Acme"),
        ]
        for partner, value, options, message in refused:
            with self.assertRaises(ValidationError) as caught:
                self._observe(partner, value, **options)
            self.assertRegex(str(caught.exception), message)
        self.assertFalse(self.acme.observation_ids)

    def test_salesperson_enters_a_figure_in_the_form(self):
        form = Form(self.env["crm.partner.observation"].with_user(self.rep))
        form.partner_id = self.acme
        form.attribute_id = self.capacity
        form.value_number = 42000
        observation = form.save()
        self.assertEqual(observation.value_display, "42,000")
        self.assertEqual(observation.user_id, self.rep)

    def test_values_are_read_in_the_language_of_the_writer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        model = self.env["crm.partner.observation"].with_context(lang="de_DE")
        observation = model.create(
            {
                "partner_id": self.acme.id,
                "attribute_id": self.capacity.id,
                "value_display": "1.250,5",
            }
        )
        self.assertEqual(observation.value_number, 1250.5)
        self.assertEqual(observation.value_display, "1.250,5")

    # --- HISTORY

    def test_change_from_the_value_before(self):
        first = self._observe(self.acme, "200", "2025-01-01")
        third = self._observe(self.acme, "300", "2026-01-01")
        second = self._observe(self.acme, "250", "2025-06-01")
        other = self._observe(self._create_partner("Other"), "7", "2025-07-01")
        every = first | second | third | other
        self.assertEqual(
            [(o.previous_value, o.change, o.change_percent) for o in every],
            [
                (False, 0.0, 0.0),
                ("200", 50.0, 25.0),
                ("250", 50.0, 20.0),
                (False, 0.0, 0.0),
            ],
        )
        self.assertEqual(every.filtered("is_latest"), third | other)
        mine = [("id", "in", every.ids)]
        self.assertEqual(every.search([*mine, ("is_latest", "=", True)]), third | other)
        self.assertEqual(
            every.search([*mine, ("is_latest", "=", False)]), second | first
        )

    def test_stale_is_the_latest_value_that_is_too_old(self):
        stale = self._observe(self.acme, "5", self._day(-400))
        other = self._create_partner("Other")
        self._observe(other, "5", self._day(-400))
        fresh = self._observe(other, "6", self._day(-300))
        both = self.env["crm.partner.observation"].search(
            [("partner_id", "in", (self.acme | other).ids), ("is_stale", "=", True)]
        )
        self.assertEqual(both, stale)
        self.assertTrue(stale.is_stale)
        self.assertFalse(fresh.is_stale)
        self.capacity.stale_months = 0
        self.assertFalse(both.search([("id", "=", stale.id), ("is_stale", "=", True)]))

    def test_lists_cost_the_same_for_one_and_for_many(self):
        for index in range(20):
            partner = self._create_partner(f"Q{index}", user_id=self.rep.id)
            self._observe(partner, "5", "2026-01-01")
            self._observe(partner, "6", "2026-02-01")
        names = ["value_display", "previous_value", "change_percent", "is_stale"]
        model = self.env["crm.partner.observation"].with_user(self.rep)
        model.web_search_read([], {name: {} for name in names}, limit=1)
        counts = []
        for limit in (1, 40):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            model.web_search_read([], {name: {} for name in names}, limit=limit)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # --- CHANGED DEFINITIONS

    def test_old_values_stay_readable_when_the_definition_changes(self):
        old = self._observe(self.acme, "200", "2025-01-01")
        chosen = self._observe(self.acme, "Soderberg", attribute=self.technology)
        self.capacity.write({"unit": "kt/a", "name": "Nameplate capacity"})
        self.technology.choice_ids[1].name = "Söderberg (old)"
        new = self._observe(self.acme, "0.3", "2026-01-01")
        self.assertEqual((old.value_display, old.unit), ("200", "t/a"))
        self.assertEqual((new.value_display, new.unit), ("0.3", "kt/a"))
        self.assertEqual(chosen.value_display, "Soderberg")
        self.technology.choice_ids[1].unlink()
        self.assertEqual(chosen.value_display, "Soderberg")
        self.assertFalse(chosen.value_choice_id)

    def test_observed_attribute_keeps_its_kind(self):
        self._observe(self.acme, "200")
        attribute = self.capacity.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "stay as they are"):
            attribute.value_type = "text"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            attribute.unlink()
        attribute.write({"value_type": "number", "description": "per year"})
        unused = self._create_attribute("Unused", "number")
        unused.value_type = "text"
        unused.unlink()
        self.assertEqual(attribute.value_type, "number")

    def test_static_attribute_with_values_is_not_lost(self):
        first = self._assign(self.acme, attributes={NUMBER: 5.0, CHOICE: "pre"})
        division = self.division.with_user(self.manager)
        definition = division.attribute_definition
        number, choice = definition
        refused = [
            ([choice], "1 partners have a value for Consumption"),
            ([{**number, "type": "char"}, choice], "it would become unreadable"),
            (
                [number, {**choice, "selection": [["sod", "Soderberg"]]}],
                "1 partners hold a choice of Technology",
            ),
        ]
        for changed, message in refused:
            with self.assertRaises(UserError) as caught:
                division.attribute_definition = changed
            self.assertIn(message, str(caught.exception))
        self.env.invalidate_all()
        division.attribute_definition = [
            {**number, "string": "Use"},
            {**choice, "selection": [["pre", "Pre"]]},
            {"name": "0a1b2c3d4e5f6079", "string": "New", "type": "char"},
        ]
        self.assertEqual(division.attribute_names, "Use, Technology, New")
        self.assertEqual(first.attributes[NUMBER], 5.0)
        self.assertEqual(first.attributes[CHOICE], "Pre")

    def test_division_with_records_of_another_company_stays_of_the_group(self):
        self._assign(self.acme, company_id=self.company_b.id)
        with self.assertRaisesRegex(UserError, "has records of Roles B"):
            self.division.company_id = self.company_a
