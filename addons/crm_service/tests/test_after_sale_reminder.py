from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .after_sale_common import AfterSaleCommon
from .job_common import OutOfTime


@tagged("post_install", "-at_install")
class TestAfterSaleReminder(OutOfTime, AfterSaleCommon):
    """Who is told of what is due; and the proposal to buy again."""

    def _remind(self):
        self.env["crm.after.sale.milestone"]._remind()

    def _get_todos(self, order):
        return self._case(order).activity_ids

    # --- TO-DOS

    @freeze_time("2025-01-16")
    def test_who_is_responsible_has_one_to_do_from_the_first_day_of_notice(self):
        order = self._order("2025-01-02")
        self._ship(order, "2025-01-10 09:00:00")
        with freeze_time("2025-01-14"):
            self._advance()
            self._remind()
            self.assertFalse(self._get_todos(order))
        self._advance()
        self._remind()
        self._remind()
        todo = self._get_todos(order)
        self.assertEqual(
            (todo.summary, todo.user_id, str(todo.date_deadline)),
            ("Installed", self.agent, "2025-01-17"),
        )
        # another day, another person
        installed = self._milestone(order, "installed")
        installed.with_user(self.head).write(
            {"date_due": "2025-01-18", "user_id": self.seller.id}
        )
        self.assertEqual(
            (todo.user_id, str(todo.date_deadline)), (self.seller, "2025-01-18")
        )
        # put off: the to-do goes, and comes back in time
        installed.with_user(self.seller).date_due = "2025-02-18"
        self._remind()
        self.assertFalse(todo.exists())
        with freeze_time("2025-02-17"):
            self._advance()
            self._remind()
            self.assertEqual(self._get_todos(order).user_id, self.seller)

    @freeze_time("2025-01-16")
    def test_to_do_marked_as_done_does_the_milestone_and_the_other_way_round(self):
        orders = self._order("2025-01-02"), self._order("2025-01-03")
        for order in orders:
            self._ship(order, "2025-01-10 09:00:00")
        self._advance()
        self._remind()
        first, second = orders
        todo = self._get_todos(first)
        todo.with_user(self.agent).action_feedback(feedback="Runs well")
        installed = self._milestone(first, "installed")
        self.assertEqual(
            (installed.state, str(installed.date_done), installed.note),
            ("done", "2025-01-16", "Runs well"),
        )
        todo = self._get_todos(second)
        self._milestone(second, "installed").with_user(self.agent).action_done()
        self.assertFalse(todo.exists())

    @freeze_time("2025-01-16")
    def test_kind_of_activity_plans_a_sales_activity_instead(self):
        kind = self.env["crm.sales.activity.kind"].create(
            {"name": "Installation visit", "code": "after_sale_visit"}
        )
        template = self.template.milestone_ids.filtered(lambda m: m.kind == "installed")
        template.activity_kind_id = kind
        template.responsible = "salesperson"
        order = self._order("2025-01-02")
        self._ship(order, "2025-01-10 09:00:00")
        self._advance()
        self._remind()
        self._remind()
        installed = self._milestone(order, "installed")
        touch = installed.sales_activity_id
        self.assertFalse(self._get_todos(order))
        self.assertEqual(
            (touch.kind_id, touch.partner_id, touch.user_id, touch.state),
            (kind, self.mill, self.seller, "planned"),
        )
        self.assertEqual(str(touch.date_start), "2025-01-17 09:00:00")
        touch.with_user(self.seller).findings = "It hums"
        touch.with_user(self.seller).action_done()
        self.assertEqual((installed.state, installed.note), ("done", "It hums"))
        self.assertEqual(installed.sales_activity_id, touch)

    @freeze_time("2025-01-16")
    def test_a_stopped_case_takes_its_to_dos_and_activities_back(self):
        order = self._order("2025-01-02")
        self._ship(order, "2025-01-10 09:00:00")
        self._advance()
        self._remind()
        todo = self._get_todos(order)
        self._case(order).with_user(self.seller).action_stop()
        self.assertFalse(todo.exists())
        self._remind()
        self.assertFalse(self._get_todos(order))

    @freeze_time("2025-01-16")
    def test_who_may_not_see_the_case_is_not_asked(self):
        clerk = self._create_user("clerk", "base.group_user")
        template = self.template.milestone_ids.filtered(lambda m: m.kind == "installed")
        template.write({"responsible": "technician", "user_id": clerk.id})
        order = self._order("2025-01-02")
        self._ship(order, "2025-01-10 09:00:00")
        self._advance()
        self._remind()
        self.assertEqual(self._milestone(order, "installed").user_id, clerk)
        self.assertEqual(self._get_todos(order).user_id, self.seller)

    @freeze_time("2025-01-16")
    def test_job_runs_twice_and_adds_nothing(self):
        orders = [self._order("2025-01-02") for _number in range(3)]
        for order in orders:
            self._ship(order, "2025-01-10 09:00:00")
        job = self.env.ref("crm_service.ir_cron_after_sale")
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
            job.method_direct_trigger()
        self.env.invalidate_all()
        for order in orders:
            self.assertEqual(len(self._case(order).milestone_ids), 5)
            self.assertEqual(len(self._get_todos(order)), 1)

    @freeze_time("2025-01-16")
    def test_job_out_of_time_goes_on_and_ends(self):
        templates = self.env["crm.after.sale.template"].with_context(active_test=False)
        (templates.search([]) - self.template).unlink()
        second = self._create_template(categ_id=self.paint.id)
        orders = [self._order("2025-01-02"), self._order("2025-01-02")]
        for order in orders:
            self._ship(order, "2025-01-10 09:00:00")
        looked_at, advance = [], type(templates)._advance

        def look(template):
            looked_at.extend(template.ids)
            return advance(template)

        path = "odoo.addons.crm_service.models.after_sale.crm_after_sale_reminder.BATCH"
        with patch(path, 1), patch.object(type(templates), "_advance", look):
            ends = self._call_until_done(templates._cron_advance)
        self.assertEqual(ends, [2, 1, 1, 1, 0], "two templates; 1 + 1 + 0 reminders")
        self.assertEqual(looked_at, (self.template + second).ids)
        for order in orders:
            self.assertEqual(len(self._get_todos(order)), 1)

    # --- BUYING AGAIN

    def _create_proposals(self):
        """Two templates' milestones: a check, and the proposal after a year."""
        self.template.milestone_ids.filtered(
            lambda m: m.kind in ("installed", "in_use", "warranty_end")
        ).unlink()
        proposal = self.template.milestone_ids.filtered(
            lambda m: m.kind == "repurchase"
        )
        proposal.write(
            {"offset_number": 12, "offset_from": "delivery", "notice_days": 30}
        )

    def test_proposal_makes_an_opportunity_once(self):
        self._create_proposals()
        order = self._order("2025-01-02", [(self.pump, 3)], partner=self.miller)
        self._ship(order, "2025-01-10 09:00:00")
        with freeze_time("2025-12-11"):
            self._advance()
            self._remind()
            self.assertEqual(self._get_todos(order).summary, "Buy again")
            proposal = self._milestone(order, "repurchase").with_user(self.seller)
            self.assertEqual(
                (proposal.state, str(proposal.date_due)), ("due", "2026-01-10")
            )
            action = proposal.action_propose()
            again = proposal.action_propose()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertEqual(again["res_id"], lead.id)
        self.assertEqual(
            (lead.partner_id, lead.user_id, lead.expected_revenue, lead.type),
            (self.miller, self.seller, 300.0, "opportunity"),
        )
        self.assertEqual(lead.company_id, self.alpha)
        self.assertEqual(
            (proposal.state, str(proposal.date_done)), ("done", "2025-12-11")
        )
        self.assertFalse(self._get_todos(order))
        self.assertEqual(str(self._case(order).date_proposed), "2025-12-11")
        with self.assertRaises(UserError):
            self._milestone(order, "delivered").action_propose()

    def test_repeat_purchase_after_the_proposal_is_counted_once(self):
        self._create_proposals()
        order = self._order("2025-01-02")
        self._ship(order, "2025-01-10 09:00:00")
        with freeze_time("2026-01-05"):
            self._advance()
        case = self._case(order)
        self.assertFalse(case.is_repurchased)
        with freeze_time("2026-01-20"):
            other = self._order("2026-01-06", [(self.varnish, 1)])
            again = self._order("2026-01-07", partner=self.miller)
            third = self._order("2026-01-08")
            self._advance()
        self.assertEqual(
            (case.is_repurchased, case.repurchase_order_id, str(case.date_repurchased)),
            (True, again, "2026-01-07"),
        )
        proposal = self._milestone(order, "repurchase")
        self.assertEqual(
            (proposal.state, str(proposal.date_done)), ("done", "2026-01-07")
        )
        # the next order is that of the second case, too early for its proposal
        second = self._case(again)
        self.assertEqual(
            (second.is_repurchased, second.repurchase_order_id), (False, third)
        )
        self.assertEqual(self._milestone(again, "repurchase").state, "skipped")
        self.assertFalse(self._case(other))

    def test_purchase_before_the_proposal_skips_it_until_it_is_cancelled(self):
        self._create_proposals()
        with freeze_time("2025-06-01"):
            order = self._order("2025-01-02")
            self._ship(order, "2025-01-10 09:00:00")
            again = self._order("2025-05-02")
            self._advance()
            case = self._case(order)
            proposal = self._milestone(order, "repurchase")
            self.assertEqual(
                (proposal.state, case.is_repurchased, case.repurchase_order_id),
                ("skipped", False, again),
            )
            self.assertFalse(case.date_proposed)
            self.assertEqual(case.state, "done")
            again._action_cancel()
            self._advance()
            self.assertEqual(
                (proposal.state, case.repurchase_order_id.id, case.state),
                ("waiting", False, "running"),
            )

    def test_rate_of_repurchases_by_period(self):
        """Two proposals of December 2025, one bought again; one of January, none."""
        self._create_proposals()
        baker, smith = self.env["res.partner"].create(
            [{"name": "Baker"}, {"name": "Smith"}]
        )
        first = self._order("2025-01-02")
        second = self._order("2025-01-02", partner=baker)
        third = self._order("2025-02-02", partner=smith)
        self._ship(first, "2025-01-10 09:00:00")
        self._ship(second, "2025-01-11 09:00:00")
        self._ship(third, "2025-02-12 09:00:00")
        with freeze_time("2026-01-31"):
            self._order("2026-01-20")
            self._advance()
            measure = self.env.ref("crm_service.crm_measure_repurchase_rate")
            measure._refresh_values()
            values = measure.value_ids.filtered(lambda v: v.company_id == self.alpha)
            figures = {
                str(v.date_from): (v.value, v.numerator, v.denominator)
                for v in values.sorted("date_from")
            }
            self.assertEqual(figures["2025-12-01"], (0.5, 1.0, 2.0))
            self.assertEqual(figures["2026-01-01"], (0.0, 0.0, 1.0))
            action = measure._drill_repurchase_rate(
                self.alpha, values[0].date_from, values[0].date_to
            )
            self.assertEqual(action["res_model"], "crm.after.sale")
