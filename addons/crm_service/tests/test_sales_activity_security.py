from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .activity_common import NOW, ActivityCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSalesActivitySecurity(ActivityCommon):
    """Own touches, own and unassigned customers, the tree; agents read all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carls = cls._create_customer("Carl's", cls.carl)
        cls.nobodys = cls._create_customer("Nobody's")
        cls.own = cls._create_touch(partner_id=cls.customer.id)
        cls.foreign = cls._create_touch(cls.carl, partner_id=cls.carls.id)
        cls.free = cls._create_touch(cls.carl, partner_id=cls.nobodys.id)
        cls.all = cls.own | cls.foreign | cls.free

    def _get_visible(self, user):
        touches = self.env["crm.sales.activity"].with_user(user)
        return touches.search([("id", "in", self.all.ids)]).sudo().sorted("id")

    def test_who_sees_what(self):
        expected = {
            self.anna: self.own | self.free,
            self.ben: self.free,
            self.lea: self.own | self.free,
            self.carl: self.foreign | self.free,
            self.boss: self.all,
            self.agent: self.all,
        }
        for user, touches in expected.items():
            with self.subTest(user=user.login):
                self.assertEqual(self._get_visible(user), touches.sudo())
        self.foreign.sudo().user_ids = [Command.link(self.ben.id)]
        self.assertEqual(self._get_visible(self.ben), (self.foreign | self.free).sudo())

    def test_who_changes_what(self):
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.own.with_user(self.carl).findings = "No"
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.own.with_user(self.carl).action_cancel("No")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.own.with_user(self.agent).findings = "No"
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.own.with_user(self.anna).unlink()
        self.assertEqual((self.own.state, self.own.findings), ("planned", False))
        own = self._create_touch(self.agent)
        own.findings = "Called about a complaint"
        self.own.with_user(self.lea).findings = "Read by the leader"
        self.foreign.with_user(self.boss).unlink()

    def test_logged_in_the_company_of_the_opportunity(self):
        other = self.env["res.company"].sudo().create({"name": "Other touch"})
        self.anna.sudo().company_ids = [Command.link(other.id)]
        companies = (self.company | other).ids
        env = self.env(user=self.anna)
        env = env(context={**env.context, "allowed_company_ids": companies})
        lead = self.env["crm.lead"].create(
            {
                "name": "Castings",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "company_id": other.id,
                "user_id": self.anna.id,
                "team_id": False,
            }
        )
        wizard = env["crm.sales.activity.log"].create(
            {
                "kind_id": self.call.id,
                "partner_id": self.customer.id,
                "lead_id": lead.id,
                "outcome_id": self.interested.id,
            }
        )
        self.assertEqual(wizard._log().company_id, other)

    def test_other_company(self):
        other = self.env["res.company"].sudo().create({"name": "Other touch"})
        touch = self.own.sudo().copy({"company_id": other.id, "team_id": False})
        for user in (self.anna, self.boss, self.agent):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                touch.with_user(user).with_context(
                    allowed_company_ids=self.company.ids
                ).read(["name"])

    def test_report_shows_the_same(self):
        report = self.env["crm.sales.activity.report"]
        domain = [("activity_id", "in", self.all.ids)]
        for user, count in (
            (self.anna, 2),
            (self.ben, 1),
            (self.boss, 3),
            (self.agent, 3),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(report.with_user(user).search_count(domain), count)
