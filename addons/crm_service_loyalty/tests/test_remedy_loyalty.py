from psycopg2 import IntegrityError

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_service.tests.remedy_common import RemedyCommon


@tagged("post_install", "-at_install")
class TestRemedyCoupon(RemedyCommon):
    """A coupon is made once and used up once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.complaint.policy"].create(
            {"remedy_type": "coupon", "grant": "agent", "percent_max": 20.0}
        )

    def _give(self, amount):
        complaint = self._create_complaint(pails=4)
        remedy = self._add(complaint, "coupon", amount=amount)
        self._decide(complaint, self.agent)
        return remedy

    def test_coupon_is_worth_its_amount(self):
        remedy = self._give(40.0)
        self.assertEqual((remedy.state, remedy.cost), ("done", 40.0))
        card = remedy.coupon_ids
        self.assertEqual((card.points, card.partner_id), (40.0, self.customer))
        self.assertEqual(remedy.with_user(self.agent).coupon_code, card.code)

    def test_coupon_is_used_once(self):
        remedy = self._give(40.0)
        code = remedy.coupon_ids.code
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.pail.id, "product_uom_qty": 2})
                ],
            }
        )
        status = order._try_apply_code(code)
        (card,) = status
        order._apply_program_reward(status[card], card)
        # 2 x 50, 15 % tax, less 40 in all
        self.assertEqual(order.amount_total, 75.0)
        order.action_confirm()
        self.assertEqual(remedy.coupon_ids.points, 0.0)
        other = order.copy()
        self.assertEqual(other.amount_total, 115.0)
        self.assertIn("error", other._try_apply_code(code))

    def test_database_keeps_a_second_coupon_out(self):
        remedy = self._give(40.0)
        remedy._make_coupon()
        self.assertEqual(len(remedy.coupon_ids), 1)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            remedy.coupon_ids.copy({"crm_remedy_id": remedy.id, "code": "twice"})
            self.env.flush_all()
