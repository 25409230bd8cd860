from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .role_common import RoleCommon

LOGGER = "odoo.addons.crm_strategy.models.role.crm_partner_role_state"


@tagged("post_install", "-at_install")
class TestPartnerRoleHistory(RoleCommon):
    """What is over stays as it was, and one broken role does not stop the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls._create_partner("Acme", user_id=cls.rep.id)

    def test_cron_ends_the_others_where_one_cannot_be_ended(self):
        past = self.env["crm.partner.role.assignment"]
        for i in range(5):
            past |= self._assign(
                self._create_partner(f"P{i}"),
                date_from=self._day(-30),
                date_to=self._day(-1),
            )
        poison, rest = past[1], past - past[1]
        model = type(past)
        close = model._close

        def _close(records, reason):
            close(records, reason)
            if poison.id in records.ids:
                reason = "broken"
                raise UserError(reason)

        cron = self.env.ref("crm_strategy.ir_cron_partner_role_end")
        batch = "odoo.addons.crm_strategy.models.role.crm_partner_role_state.BATCH"
        with self.enter_registry_test_mode(), patch(batch, 2):
            with patch.object(model, "_close", _close), mute_logger(LOGGER):
                for _run in range(3):
                    cron.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(set(rest.mapped("state")), {"ended"})
            self.assertEqual(poison.state, "active")
            self.assertEqual(
                (poison.end_error, poison.date_retry), ("broken", self._day(1))
            )
            cron.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(poison.state, "active")
            poison.date_retry = self.today
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(poison.state, "ended")
        self.assertEqual((poison.end_error, poison.date_retry), (False, False))

    def test_salesperson_does_not_rewrite_history(self):
        ended = self._assign(
            self.acme, date_from=self._day(-30), date_to=self._day(-10), state="ended"
        )
        active = self._assign(self.acme, self.dealer_role)
        partner = self._create_partner("Another", user_id=self.rep.id)
        for assignment, vals in (
            (ended, {"date_from": self._day(-90)}),
            (ended, {"date_to": self._day(-1)}),
            (active, {"partner_id": partner.id}),
            (active, {"role_id": self.customer_role.id}),
            (active, {"end_reason": "merged"}),
            (active, {"date_state": "2020-01-01 00:00:00"}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                assignment.with_user(self.rep).write(vals)
        self.assertEqual(
            (ended.date_from, ended.date_to), (self._day(-30), self._day(-10))
        )
        self.assertEqual(active.partner_id, self.acme)
        self.assertFalse(active.end_reason)
        active.with_user(self.rep).date_to = self._day(9)
        ended.with_user(self.manager).date_from = self._day(-40)
