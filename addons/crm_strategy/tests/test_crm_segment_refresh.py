from datetime import date, datetime

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .segment_common import SegmentCommon

DAY_1 = "2026-03-01 10:00:00"
DAY_2 = "2026-03-02 10:00:00"
DAY_3 = "2026-03-03 10:00:00"


@tagged("post_install", "-at_install")
class TestSegmentRefresh(SegmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany = cls.env.ref("base.de")
        cls.acme = cls._create_customer("Acme", country_id=cls.germany.id)
        cls.bolt = cls._create_customer("Bolt")
        cls.person = cls._create_customer("Person", is_company=False)
        cls.contact = cls._create_customer(
            "Contact", is_company=False, parent_id=cls.acme.id
        )
        cls.scheme = cls._create_scheme(
            ("German", [("country_id", "=", cls.germany.id)]),
            ("Company", [("is_company", "=", True)]),
            ("Picked", None),
        )

    # --- WHO IS A CUSTOMER

    def test_contacts_employees_own_and_foreign_companies_are_left_out(self):
        self._create_customer("Archived", active=False)
        self._create_customer("Of B", company_id=self.company_b.id)
        self._create_customer("Of A", company_id=self.company_a.id)
        for partner in (
            self.company_a.partner_id
            | self.company_b.partner_id
            | self.employee.partner_id
        ):
            partner.category_id = self.tag
        self.portal.partner_id.category_id = self.tag
        self._counts(self.scheme)
        self.assertSegments(
            self.scheme,
            {"German": {"Acme"}, "Company": {"Bolt", "Of A"}, "Picked": set()},
        )
        self.assertEqual(self.scheme.customer_count, 3)

    def test_shared_scheme_takes_customers_of_every_company(self):
        self._create_customer("Of A", company_id=self.company_a.id)
        self._create_customer("Of B", company_id=self.company_b.id)
        shared = self._create_scheme(("All", []), company_id=False)
        self._counts(shared)
        self.assertSegments(shared, {"All": {"Acme", "Bolt", "Person", "Of A", "Of B"}})
        mine = shared.with_user(self.manager)
        self.assertEqual(mine.segment_ids.customer_count, 4)
        self.assertEqual(
            self.env["res.partner"]
            .with_user(self.manager)
            .search_count(mine.segment_ids.action_open_customers()["domain"]),
            4,
        )

    # --- EXCLUSIVE, FREE

    def test_exclusive_scheme_places_by_priority(self):
        self.assertEqual(
            self._counts(self.scheme),
            {"German": (1, 0, 0), "Company": (1, 0, 0), "Picked": (0, 0, 0)},
        )
        self.assertSegments(
            self.scheme, {"German": {"Acme"}, "Company": {"Bolt"}, "Picked": set()}
        )

    def test_free_scheme_places_in_every_segment(self):
        self.scheme.kind = "free"
        self._counts(self.scheme)
        self.assertSegments(
            self.scheme,
            {"German": {"Acme"}, "Company": {"Acme", "Bolt"}, "Picked": set()},
        )

    def test_second_run_changes_nothing(self):
        self._counts(self.scheme)
        stays = self.env["crm.segment.membership"].search(
            [("segmentation_id", "=", self.scheme.id)]
        )
        before = stays.read()
        self.assertEqual(
            self._counts(self.scheme),
            {"German": (0, 0, 1), "Company": (0, 0, 1), "Picked": (0, 0, 0)},
        )
        self.assertEqual(stays.read(), before)

    def test_moves_are_dated_with_one_instant_and_reasoned(self):
        with freeze_time(DAY_1):
            self._counts(self.scheme)
        self.bolt.country_id = self.germany
        self.acme.write({"country_id": False, "is_company": False})
        with freeze_time(DAY_2):
            self.assertEqual(
                self._counts(self.scheme),
                {"German": (1, 1, 0), "Company": (0, 1, 0), "Picked": (0, 0, 0)},
            )
        self.assertEqual(
            self._history(self.bolt, self.scheme),
            [("Company", "rule", "priority"), ("German", "rule", False)],
        )
        self.assertEqual(
            self._history(self.acme, self.scheme), [("German", "rule", "rule")]
        )
        stays = self.bolt.segment_membership_ids.sorted("id")
        self.assertEqual(stays[0].date_start, datetime(2026, 3, 1, 10))
        self.assertEqual(stays[0].date_end, datetime(2026, 3, 2, 10))
        self.assertEqual(stays[1].date_start, datetime(2026, 3, 2, 10))

    def test_what_came_and_went_in_one_instant_leaves_no_row(self):
        with freeze_time(DAY_1):
            self._counts(self.scheme)
            self.bolt.country_id = self.germany
            self._counts(self.scheme)
        self.assertEqual(
            self._history(self.bolt, self.scheme), [("German", "rule", False)]
        )

    def test_kind_may_change_on_a_scheme_with_customers(self):
        with freeze_time(DAY_1):
            self._counts(self.scheme)
        self.scheme.kind = "free"
        with freeze_time(DAY_2):
            self.assertEqual(self._counts(self.scheme)["Company"], (1, 0, 1))
        self.scheme.kind = "exclusive"
        with freeze_time(DAY_3):
            self.assertEqual(self._counts(self.scheme)["Company"], (0, 1, 1))
        self.assertEqual(
            self._history(self.acme, self.scheme),
            [("German", "rule", False), ("Company", "rule", "priority")],
        )

    # --- LEAVING

    def test_archived_customer_leaves_at_once(self):
        with freeze_time(DAY_1):
            self._counts(self.scheme)
        with freeze_time(DAY_2):
            self.bolt.action_archive()
        self.assertEqual(
            self._history(self.bolt, self.scheme),
            [("Company", "rule", "customer_archived")],
        )
        self.bolt.action_unarchive()
        self.assertEqual(self._counts(self.scheme)["Company"], (1, 0, 0))

    def test_customer_who_becomes_a_contact_leaves(self):
        with freeze_time(DAY_1):
            self._counts(self.scheme)
        self.bolt.write({"is_company": False, "parent_id": self.acme.id})
        with freeze_time(DAY_2):
            self._counts(self.scheme)
        self.assertEqual(
            self._history(self.bolt, self.scheme), [("Company", "rule", "not_customer")]
        )

    def test_archived_segment_and_scheme_close_and_can_come_back(self):
        with freeze_time(DAY_1):
            self._counts(self.scheme)
        with freeze_time(DAY_2):
            self._segment(self.scheme, "German").action_archive()
        self.assertEqual(
            self._history(self.acme, self.scheme),
            [("German", "rule", "segment_archived")],
        )
        with freeze_time(DAY_3):
            self.scheme.action_archive()
        self.assertEqual(
            self._history(self.bolt, self.scheme),
            [("Company", "rule", "scheme_archived")],
        )
        self.scheme.action_unarchive()
        self._segment(self.scheme, "German").action_unarchive()
        self._counts(self.scheme)
        self.assertSegments(
            self.scheme, {"German": {"Acme"}, "Company": {"Bolt"}, "Picked": set()}
        )

    def test_history_protects_from_deletion_and_from_moving(self):
        unused = self._create_scheme(("Nobody", []))
        self._counts(self.scheme)
        for record in (self.scheme, self.scheme.segment_ids[0]):
            with self.assertRaisesRegex(UserError, "Archive it instead"):
                record.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "keeps its company"):
            self.scheme.company_id = False
        with self.assertRaisesRegex(UserError, "stays in its scheme"):
            self.scheme.segment_ids[0].segmentation_id = unused
        unused.with_user(self.manager).unlink()
        self.assertFalse(unused.exists())

    # --- LOCKS

    def _lock(self, until=False):
        return self.env["crm.segment.membership"]._get_lock_vals("promised", until)

    def test_lock_survives_until_its_last_day_in_the_company_time_zone(self):
        self.company_a.partner_id.tz = "Asia/Shanghai"
        german = self._segment(self.scheme, "German")
        with freeze_time(DAY_1):
            german._assign(self.bolt, lock=self._lock(date(2026, 3, 2)))
            self._counts(self.scheme)
            self.assertSegments(
                self.scheme,
                {"German": {"Acme", "Bolt"}, "Company": set(), "Picked": set()},
            )
        with freeze_time("2026-03-02 15:59:00"):
            self.assertEqual(self._counts(self.scheme)["German"], (0, 0, 2))
        with freeze_time("2026-03-02 16:00:00"):  # 3 March, 0:00 in Shanghai
            self.assertEqual(self._counts(self.scheme)["German"], (0, 1, 1))
        stay = self.bolt.segment_membership_ids.filtered("lock_reason")
        self.assertEqual(stay.end_reason, "lock_expired")
        self.assertFalse(stay.is_locked)
        self.assertEqual(stay.lock_user_id, self.env.user)
        self.assertEqual(stay.date_unlocked, datetime(2026, 3, 2, 16))

    def test_lock_holds_against_higher_priority(self):
        company = self._segment(self.scheme, "Company")
        company._assign(self.acme, lock=self._lock())
        self._counts(self.scheme)
        self.assertSegments(
            self.scheme, {"German": set(), "Company": {"Acme", "Bolt"}, "Picked": set()}
        )

    def test_lock_ends_with_the_customer(self):
        company = self._segment(self.scheme, "Company")
        with freeze_time(DAY_1):
            company._assign(self.acme, lock=self._lock())
        with freeze_time(DAY_2):
            self.acme.action_archive()
        stay = self.acme.segment_membership_ids
        self.assertEqual(
            (stay.end_reason, stay.is_locked), ("customer_archived", False)
        )
        self.acme.action_unarchive()
        self._counts(self.scheme)
        self.assertSegments(
            self.scheme, {"German": {"Acme"}, "Company": {"Bolt"}, "Picked": set()}
        )

    # --- DEPENDENCIES, PREVIEW, LOCKING

    def test_schemes_are_refreshed_after_those_they_build_on(self):
        german = self._segment(self.scheme, "German")
        later = self._create_scheme(
            ("Of Germans", [("segment_ids", "in", german.ids)]), sequence=1
        )
        (later | self.scheme)._refresh()
        self.assertSegments(later, {"Of Germans": {"Acme"}})

    def test_preview_tells_and_changes_nothing(self):
        with freeze_time(DAY_1):
            self._counts(self.scheme)
        self.bolt.country_id = self.germany
        before = self.env["crm.segment.membership"].search_count([])
        preview = {
            segment.name: tuple(figures.values())
            for segment, figures in self.scheme._preview().items()
        }
        self.assertEqual(
            preview, {"German": (2, 1, 0), "Company": (0, 0, 1), "Picked": (0, 0, 0)}
        )
        self.assertEqual(self.env["crm.segment.membership"].search_count([]), before)
        self.assertSegments(
            self.scheme, {"German": {"Acme"}, "Company": {"Bolt"}, "Picked": set()}
        )
        action = self.scheme.with_user(self.manager).action_preview()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertTrue(wizard.has_empty_rule)
        wizard.with_user(self.manager).action_apply()
        self.assertSegments(
            self.scheme, {"German": {"Acme", "Bolt"}, "Company": set(), "Picked": set()}
        )

    def test_button_tells_what_changed(self):
        action = self.scheme.with_user(self.manager).action_refresh()
        self.assertEqual(
            action["params"]["message"], "Scheme: 2 entered, 0 left, 0 stay."
        )

    def test_statements_do_not_grow_with_customers(self):
        scheme = self._create_scheme(("All", []))
        scheme._refresh()
        self.env.flush_all()
        with self.assertQueryCount(40):
            scheme._refresh()
        self.env["res.partner"].create(
            [
                {"name": str(i), "category_id": [Command.link(self.tag.id)]}
                for i in range(100)
            ]
        )
        self.env.flush_all()
        with self.assertQueryCount(40):
            self.assertEqual(self._counts(scheme), {"All": (100, 0, 3)})
