from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.crm_service.tools.after_sale_states import case_state, milestone_state

from .after_sale_common import AfterSaleCommon


@tagged("post_install", "-at_install")
class TestAfterSale(AfterSaleCommon):
    # --- WHICH ORDERS

    @freeze_time("2025-01-20")
    def test_orders_of_the_category_and_below_get_one_case_each(self):
        pump = self._order("2025-01-02")
        lathe = self._order("2025-01-03", [(self.lathe, 1), (self.varnish, 5)])
        paint = self._order("2025-01-04", [(self.varnish, 1)])
        early = self._order("2023-12-31")
        loaded = self._order("2025-01-05")
        loaded.picking_ids.move_ids.sale_line_id = False
        self._advance()
        self._advance()
        self.assertEqual(len(self._case(pump)), 1)
        self.assertEqual(self._case(lathe).line_ids.product_id, self.lathe)
        self.assertFalse(self._case(paint))
        self.assertFalse(self._case(early))
        self.assertFalse(self._case(loaded))
        case = self._case(pump)
        self.assertEqual(case.name, f"{pump.name} · Machines")
        self.assertEqual(
            (case.partner_id, case.user_id, case.company_id, str(case.date_order)),
            (self.mill, self.seller, self.alpha, "2025-01-02"),
        )

    @freeze_time("2025-01-20")
    def test_nearest_template_wins_and_later_changes_leave_cases_alone(self):
        own = self._create_template(name="Pumps", categ_id=self.pumps.id)
        order = self._order("2025-01-02", [(self.pump, 1), (self.lathe, 1)])
        self._advance()
        self._advance(own)
        self.assertEqual(self._case(order).line_ids.product_id, self.lathe)
        self.assertEqual(self._case(order, own).line_ids.product_id, self.pump)
        # another category, another template: what belongs to a case stays there
        self.pump.categ_id = self.machines
        own.active = False
        self.template.milestone_ids[1].name = "Put up"
        order.write({"client_order_ref": "touched"})
        self._advance()
        self._advance(own)
        self.assertEqual(self._case(order).line_ids.product_id, self.lathe)
        self.assertEqual(self._case(order, own).line_ids.product_id, self.pump)
        self.assertEqual(self._milestone(order, "installed").name, "Installed")
        later = self._order("2025-01-05")
        self._advance()
        self.assertEqual(self._milestone(later, "installed").name, "Put up")
        self.assertFalse(self._case(later, own))

    @freeze_time("2025-01-20")
    def test_open_cases_take_over_a_changed_template_on_request(self):
        order = self._order("2025-01-02")
        self._ship(order, "2025-01-10 09:00:00")
        self._advance()
        self._milestone(order, "installed").action_done()
        self.template.milestone_ids[1].name = "Put up"
        self.template.milestone_ids[2].offset_number = 3
        self.template.milestone_ids[4].unlink()
        self.template.with_user(self.head).action_update_cases()
        self.assertEqual(self._milestone(order, "installed").name, "Installed")
        self.assertMilestones(
            order,
            {
                "delivered": ("done", "2025-01-02", "2025-01-10"),
                "installed": ("done", "2025-01-17", "2025-01-20"),
                "in_use": ("waiting", "2025-04-20", False),
                "warranty_end": ("waiting", "2027-01-10", False),
            },
        )

    # --- DAYS

    @freeze_time("2025-01-20")
    def test_days_are_counted_from_the_delivery_and_the_previous_one(self):
        order = self._order("2025-01-02", commitment_date="2025-01-08 12:00:00")
        self._advance()
        self.assertMilestones(
            order,
            {
                "delivered": ("late", "2025-01-08", False),
                "installed": ("waiting", False, False),
                "in_use": ("waiting", False, False),
                "warranty_end": ("waiting", False, False),
                "repurchase": ("waiting", False, False),
            },
        )
        self._ship(order, "2025-01-15 09:00:00")
        self._advance()
        expected = {
            "delivered": ("done", "2025-01-08", "2025-01-15"),
            "installed": ("due", "2025-01-22", False),
            "in_use": ("waiting", "2025-02-22", False),
            "warranty_end": ("waiting", "2027-01-15", False),
            "repurchase": ("waiting", "2027-02-15", False),
        }
        self.assertMilestones(order, expected)
        case = self._case(order)
        self.assertEqual((case.state, case.days_late), ("running", 7))
        self.assertEqual(case.next_milestone_id.kind, "installed")
        # done late, so what is counted from it moves; the end of January is clamped
        installed = self._milestone(order, "installed").with_user(self.agent)
        with freeze_time("2025-01-31"):
            installed.action_done()
        expected["installed"] = ("done", "2025-01-22", "2025-01-31")
        expected["in_use"] = ("waiting", "2025-02-28", False)
        self.assertMilestones(order, expected)

    def test_states_follow_the_calendar_to_the_end(self):
        with freeze_time("2025-01-20"):
            order = self._order("2025-01-02")
            self._ship(order, "2025-01-10 09:00:00")
            self._advance()
        days = {
            "2026-12-10": ("waiting", False),
            "2026-12-11": ("due", False),
            "2027-01-10": ("due", False),
            "2027-01-11": ("done", "2027-01-10"),
        }
        for day, expected in days.items():
            with self.subTest(day=day), freeze_time(day):
                self._advance()
                warranty = self._milestone(order, "warranty_end")
                done = warranty.date_done and str(warranty.date_done)
                self.assertEqual((warranty.state, done), expected)
        with freeze_time("2027-03-01"):
            self._advance()
            self.assertEqual(self._milestone(order, "installed").state, "late")
            self._milestone(order, "installed").action_done()
            self._milestone(order, "in_use").action_skip()
            self.assertEqual(self._case(order).state, "running")
            self._milestone(order, "repurchase").action_skip()
            self.assertEqual(self._case(order).state, "done")
            self._milestone(order, "in_use").action_reopen()
            self.assertEqual(self._case(order).state, "running")

    def test_statement_says_the_same_as_the_table(self):
        with freeze_time("2025-01-20"):
            order = self._order("2025-01-02")
            self._ship(order, "2025-01-10 09:00:00")
            self._advance()
        for day in ("2025-01-14", "2025-01-15", "2025-01-17", "2025-01-18"):
            with self.subTest(day=day), freeze_time(day) as frozen:
                self._advance()
                case = self._case(order)
                for milestone in case.milestone_ids:
                    if milestone.state not in ("done", "skipped"):
                        self.assertEqual(
                            milestone.state,
                            milestone_state(
                                milestone.date_due,
                                milestone.notice_days,
                                frozen().date(),
                            ),
                        )
                self.assertEqual(
                    case.state,
                    case_state(
                        bool(case.date_delivered), case.milestone_ids.mapped("state")
                    ),
                )

    @freeze_time("2025-01-20")
    def test_a_day_that_a_person_chose_stays(self):
        order = self._order("2025-01-02")
        self._ship(order, "2025-01-10 09:00:00")
        self._advance()
        installed = self._milestone(order, "installed").with_user(self.seller)
        installed.date_due = "2025-03-01"
        self._advance()
        self.assertEqual(str(installed.date_due), "2025-03-01")
        self.assertEqual(str(self._milestone(order, "in_use").date_due), "2025-04-01")
        self.assertEqual(installed.state, "waiting")

    def test_days_are_those_of_the_companys_zone(self):
        self.alpha.partner_id.tz = "Asia/Shanghai"
        with freeze_time("2025-01-20"):
            order = self._order("2025-01-02")
            order.date_order = "2025-01-02 17:00:00"
            self._ship(order, "2025-01-10 16:30:00")
            self._advance()
            case = self._case(order)
            self.assertEqual(str(case.date_order), "2025-01-03")
            self.assertEqual(str(case.date_delivered), "2025-01-11")
            self.assertEqual(
                str(self._milestone(order, "installed").date_due), "2025-01-18"
            )
        # 18 January ends at 16:00 UTC in Shanghai
        for moment, state in (
            ("2025-01-18 15:59:00", "due"),
            ("2025-01-18 16:00:00", "late"),
        ):
            with freeze_time(moment):
                self._advance()
                self.assertEqual(self._milestone(order, "installed").state, state)

    # --- PEOPLE

    @freeze_time("2025-01-20")
    def test_what_deliveries_do_nobody_does_by_hand(self):
        order = self._order("2025-01-02")
        self._advance()
        delivered = self._milestone(order, "delivered").with_user(self.seller)
        with self.assertRaises(UserError):
            delivered.action_done()
        with self.assertRaises(UserError):
            delivered.state = "done"
        self.assertEqual(delivered.state, "late")
        case = self._case(order).with_user(self.seller)
        with self.assertRaises(UserError):
            case.state = "running"
        with self.assertRaises(AccessError):
            case.date_delivered = "2025-01-05"
        with self.assertRaises(AccessError):
            case.copy()
        self.assertEqual((case.state, case.date_delivered), ("waiting", False))

    @freeze_time("2025-01-20")
    def test_nothing_is_done_in_the_future(self):
        order = self._order("2025-01-02")
        self._advance()
        installed = self._milestone(order, "installed").with_user(self.seller)
        with self.assertRaises(ValidationError):
            installed.date_done = "2025-01-21"

    @freeze_time("2025-01-20")
    def test_salesperson_adds_a_step_and_stops_and_resumes(self):
        order = self._order("2025-01-02")
        self._ship(order, "2025-01-10 09:00:00")
        self._advance()
        case = self._case(order).with_user(self.seller)
        with Form(case) as form, form.milestone_ids.new() as line:
            line.name = "Ask for photos"
            line.date_due = "2025-01-25"
        added = case.milestone_ids.filtered(lambda m: m.name == "Ask for photos")
        self.assertEqual(
            (added.state, added.user_id, added.partner_id, str(added.date_due)),
            ("waiting", self.seller, self.mill, "2025-01-25"),
        )
        case.action_stop()
        milestones = case.with_context(active_test=False).milestone_ids
        self.assertFalse(any(milestones.mapped("active")))
        self._advance()
        self.assertEqual(case.state, "stopped")
        case.action_resume()
        self.assertEqual(case.state, "running")
        self.assertTrue(all(milestones.mapped("active")))

    @freeze_time("2025-01-20")
    def test_milestones_follow_the_order_to_another_salesperson(self):
        order = self._order("2025-01-02")
        self._advance()
        self.assertEqual(self._milestone(order, "installed").user_id, self.agent)
        self.assertEqual(self._milestone(order, "in_use").user_id, self.seller)
        order.user_id = self.rival
        self._advance()
        self.assertEqual(self._case(order).user_id, self.rival)
        self.assertEqual(self._milestone(order, "in_use").user_id, self.rival)
        self.assertEqual(self._milestone(order, "installed").user_id, self.agent)

    # --- TEMPLATE

    def test_template_is_checked(self):
        with self.assertRaises(ValidationError):
            self.template.milestone_ids[1].write(
                {"responsible": "technician", "user_id": False}
            )
        copy = self.template.copy()
        self.assertFalse(copy.active)
        self.assertEqual(len(copy.milestone_ids), 5)
        self._order("2025-01-02")
        self._advance()
        with self.assertRaises(UserError):
            self.template.unlink()
        with self.assertRaises(ValidationError):
            self.template.company_id = self.beta

    @freeze_time("2025-01-20")
    def test_other_companies_orders_are_theirs(self):
        theirs = self._order("2025-01-02", company=self.beta, user_id=False)
        self._advance()
        self.assertFalse(self._case(theirs))
        other = self._create_template(company_id=self.beta.id)
        self._advance(other)
        case = self._case(theirs, other)
        self.assertEqual(case.company_id, self.beta)
        mine = self._order("2025-01-02")
        self._advance()
        seen = self.env["crm.after.sale"].with_user(self.seller).search([])
        self.assertEqual(seen, self._case(mine))

    @freeze_time("2025-01-20")
    def test_a_failing_template_says_why_and_lets_the_others_go_on(self):
        order = self._order("2025-01-02")
        self.patch(
            type(self.template),
            "_follow_deliveries",
            lambda template: 1 / 0,
        )
        self.template._advance()
        self.assertIn("division by zero", self.template.error)
        self.assertFalse(self._case(order))
        self.assertFalse(self.template.watermark)
