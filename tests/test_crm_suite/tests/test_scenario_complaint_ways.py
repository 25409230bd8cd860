from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .complaint_scene_steps import ComplaintScenario


@tagged("post_install", "-at_install")
@freeze_time("2026-03-12 09:00:00")
class TestScenarioComplaintWays(ComplaintScenario):
    """The same parcel, otherwise: valued, credited, not received, lost."""

    def test_goods_that_leave_are_valued_as_the_host_does(self):
        """Where customers' stock has an account, shipping four costs 4 x 35.00."""
        expense = self.env["account.account"].search(
            [
                ("account_type", "=", "expense"),
                ("company_ids", "in", self.company.ids),
            ],
            limit=1,
        )
        complaint = self._report()
        remedy = self._propose(complaint, "replacement")
        self._decide(complaint)
        self._approve(complaint)
        moves = remedy.sale_order_id.picking_ids.move_ids
        moves.location_dest_id.valuation_account_id = expense
        entry = self._ship(remedy).move_ids.account_move_id
        stock = self.pail._get_product_accounts()["stock_valuation"]
        self.assertEqual(
            {line.account_id: line.balance for line in entry.line_ids},
            {stock: -140.0, expense: 140.0},
        )
        self.assertEqual(entry.state, "posted")
        self.assertEqual(remedy.cost, 140.0)

    def test_money_back(self):
        """4 x 60.00 and 15 % tax: 276.00 to the customer, 240.00 cost us."""
        complaint = self._report(wish="refund")
        remedy = self._propose(complaint, "refund")
        self._decide(complaint)
        note = remedy.move_ids
        self.assertEqual((note.state, note.reversed_entry_id), ("draft", self.invoice))
        with self.assertRaises(AccessError):
            complaint.step_ids.with_user(self.head).action_done()
        self.assertEqual(note.state, "draft")
        self._approve(complaint)
        self.assertEqual((note.state, remedy.state), ("posted", "done"))
        self.assertEqual(complaint.state, "inform")
        # the host takes back the cost of what was sold with it: 4 x 35.00
        self.assertEqual(
            self._get_entry(note),
            {
                ("asset_receivable", False): -276.0,
                ("income", False): 240.0,
                ("liability_current", True): 36.0,
                ("asset_current", False): 140.0,
                ("expense", False): -140.0,
            },
        )
        self.assertEqual((note.amount_untaxed, note.amount_total), (240.0, 276.0))
        self.assertEqual(complaint.remedy_cost, 240.0)
        self.assertEqual(self._get_on_hand(), (50.0, 8.0))
        panel = self._get_panel(complaint)
        # 1,590.00 less 276.00 is owed; 20,800.00 less 240.00 was bought
        self.assertEqual((panel["due"], panel["overdue"]), (1314.0, 900.0))
        self.assertEqual((panel["order_count"], panel["amount"]), (27, 20560.0))

    def test_not_received_reopens_and_nothing_is_shipped_twice(self):
        complaint, remedy = self._bring_to_told()
        with freeze_time("2026-03-15 09:00:00"):
            self._call(complaint, "not_received", note="No parcel has come")
        self.assertEqual((complaint.state, complaint.reopen_count), ("progress", 1))
        alert = complaint.activity_ids.filtered(lambda a: a.user_id == self.head)
        self.assertIn("No parcel has come", alert.note)
        orders = self.env["sale.order"].search([("crm_remedy_id", "=", remedy.id)])
        remedy.with_user(self.head).action_retry()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._propose_again(complaint)
        self.env.invalidate_all()
        self.assertEqual((complaint.state, complaint.remedy_ids), ("progress", remedy))
        self.assertEqual(
            self.env["sale.order"].search([("crm_remedy_id", "!=", False)]), orders
        )
        self.assertEqual(self._get_on_hand(), (46.0, 8.0))
        self.assertEqual(complaint.remedy_cost, 140.0)

    def test_what_was_lost_is_sent_again_once(self):
        complaint, remedy = self._bring_to_told()
        with self.assertRaises(UserError):  # nobody has said so
            remedy.with_user(self.head).action_lose()
        self._call(complaint, "not_received", note="No parcel has come")
        with self.assertRaises(AccessError):
            remedy.with_user(self.agent).action_lose()
        self.assertEqual(remedy.state, "done")
        remedy.with_user(self.head).action_lose()
        with self.assertRaises(UserError):
            remedy.with_user(self.head).action_lose()
        with self.assertRaises(UserError):  # what does she get instead?
            self._decide(complaint)
        again = self._propose_again(complaint)
        self._decide(complaint)
        self._approve(complaint)
        self._ship(again)
        self.assertEqual((complaint.state, again.state), ("inform", "done"))
        self.assertEqual((remedy.state, remedy.cost), ("lost", 140.0))
        self.assertEqual(self._get_on_hand(), (42.0, 8.0))
        self.assertEqual(complaint.remedy_cost, 280.0)
        panel = self._get_panel(complaint)
        self.assertEqual((panel["order_count"], panel["amount"]), (27, 20800.0))

    def _propose_again(self, complaint):
        vals = complaint.with_user(self.agent)._prepare_remedy_vals("replacement")
        remedies = self.env["crm.complaint.remedy"].with_user(self.agent)
        return remedies.create(vals).sudo()
