from odoo.exceptions import AccessError
from odoo.tests import tagged

from .segment_common import SegmentCommon

MODELS = ("crm.segmentation", "crm.segment", "crm.segment.membership")


@tagged("post_install", "-at_install")
class TestSegmentSecurity(SegmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._create_customer("Mine", user_id=cls.rep.id)
        cls.other = cls._create_customer("Other", user_id=cls.rep_all.id)
        cls.free = cls._create_customer("Free")
        cls.scheme = cls._create_scheme(("All", []))
        cls.foreign = cls._create_scheme(
            ("All of B", []), name="B", company_id=cls.company_b.id
        )
        (cls.scheme | cls.foreign)._refresh()
        cls.ours = cls.scheme | cls.foreign

    def _seen(self, user):
        stays = self.env["crm.segment.membership"].with_user(user)
        stays = stays.search([("segmentation_id", "in", self.ours.ids)])
        return set(stays.mapped("partner_id.name"))

    def test_who_sees_which_customers(self):
        self.assertEqual(self._seen(self.rep), {"Mine", "Free"})
        self.assertEqual(self._seen(self.rep_all), {"Mine", "Other", "Free"})
        self.assertEqual(self._seen(self.manager), {"Mine", "Other", "Free"})
        self.assertEqual(self.scheme.segment_ids.with_user(self.rep).customer_count, 2)
        other = self.other.with_user(self.rep)
        self.assertFalse(other.segment_ids)
        self.assertNotIn(
            other,
            other.search([("segment_ids", "in", self.scheme.segment_ids.ids)]),
        )

    def test_other_company_is_invisible(self):
        for user in (self.rep, self.manager):
            self.assertEqual(
                self.ours.with_user(user).search([("id", "in", self.ours.ids)]).ids,
                self.scheme.ids,
            )
            with self.assertRaises(AccessError):
                self.foreign.segment_ids.with_user(user).read(["name"])
            stays = self.foreign.segment_ids.membership_ids
            with self.assertRaises(AccessError):
                stays.with_user(user).read(["note"])

    def test_others_see_nothing(self):
        for user in (self.employee, self.portal):
            for model in MODELS:
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.mine.with_user(user).search([("segment_ids", "!=", False)])

    def test_salesperson_reads_only(self):
        records = (
            self.scheme,
            self.scheme.segment_ids,
            self.scheme.segment_ids.membership_ids,
        )
        for record in records:
            mine = record.with_user(self.rep)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(mine[:1].has_access(operation), (record, operation))
        for action in ("action_refresh", "action_queue_refresh", "action_preview"):
            with self.assertRaises(AccessError):
                getattr(self.scheme.with_user(self.rep), action)()

    def test_nobody_edits_history(self):
        stays = self.scheme.segment_ids.membership_ids.with_user(self.manager)
        with self.assertRaises(AccessError):
            stays.write({"note": "rewritten"})
        with self.assertRaises(AccessError):
            stays.unlink()
        with self.assertRaises(AccessError):
            stays.create({})
        self.assertEqual(len(stays.exists()), 3)
