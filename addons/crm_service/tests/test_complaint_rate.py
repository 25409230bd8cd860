from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.crm_strategy.tools.measure_period import Period
from odoo.addons.crm_strategy.tools.measure_trend import MeasureResult

from .analysis_common import AnalysisCommon

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))


@tagged("post_install", "-at_install")
class TestComplaintRate(AnalysisCommon):
    """What was shipped and complained of.

    =======  =====================================  ========================
    month    shipped flour                          complained of
    =======  =====================================  ========================
    January  5 dozen, 50 (two parts), 10 came back  8 units; 1 unit, opinion
    Feb      200                                    1 dozen and 2 of sugar
    =======  =====================================  ========================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ship(cls.flour, 5, "2026-01-05", cls.dozen)
        cls._ship(cls.flour, 30, "2026-01-10")
        cls._ship(cls.flour, 20, "2026-01-20")
        cls._ship(cls.flour, 10, "2026-01-31", back=True)
        cls._ship(cls.flour, 200, "2026-02-10")
        cls._ship(cls.flour, 7, "2026-01-10", company=cls.beta)
        cls.cause = cls.env["crm.complaint.cause"].create({"name": "Seam"})
        cls.part = cls.env["crm.complaint.cause"].create(
            {"name": "Glue", "parent_id": cls.cause.id}
        )
        cls.complaint = cls._create_complaint(
            lines=[(cls.flour, 8, None, 1.0)],
            date_received="2026-01-15 08:00:00",
            cause_id=cls.part.id,
        )
        opinion = cls._create_complaint(
            lines=[(cls.flour, 1, None, 1.0)], date_received="2026-01-15 08:00:00"
        )
        cls._set(opinion, type="opinion")
        cls.later = cls._create_complaint(
            lines=[(cls.flour, 1, cls.dozen, 1.0), (cls.sugar, 2, None, 1.0)],
            date_received="2026-02-15 08:00:00",
            date_replied="2026-02-15 18:00:00",
            cause_id=cls.cause.id,
        )
        cls._set(
            cls._create_complaint(lines=[(cls.flour, 99, None, 1.0)]),
            state="cancelled",
            date_received="2026-02-15 08:00:00",
        )
        cls.rate = cls.env["crm.complaint.rate"]

    def test_rates_of_a_product_by_month(self):
        rows = self.rate.with_user(self.agent).search(
            [("product_id", "=", self.flour.id)], order="date"
        )
        self.assertEqual(
            [
                (r.date, r.delivered, r.returned, r.shipped, r.quantity, r.ppm)
                for r in rows
            ],
            [
                (date(2026, 1, 1), 110.0, 10.0, 100.0, 8.0, 80_000.0),
                (date(2026, 2, 1), 200.0, 0.0, 200.0, 12.0, 60_000.0),
            ],
        )

    def test_the_rate_of_a_group_is_that_of_its_sums(self):
        [found] = self.rate.with_user(self.agent)._read_group(
            [("product_id", "=", self.flour.id)],
            [],
            ["shipped:sum", "quantity:sum", "complaint_count:sum", "ppm:avg"],
        )
        self.assertEqual(found[:3], (300.0, 20.0, 2))
        self.assertAlmostEqual(found[3], 20 / 300 * 1e6, places=3)

    def _load_history(self):
        """A dozen of February came in with the orders of a former system."""
        order = self._order(self.mill, "2026-02-03")
        order.order_line.write({"product_uom_id": self.dozen.id})
        self.env.flush_all()
        self._set(order.order_line, qty_delivered=1)
        self._set(order, sales_history_source="erp", sales_history_key="F-1")

    def test_what_a_former_system_delivered_counts(self):
        self._load_history()
        rows = self.rate.with_user(self.agent).search(
            [("product_id", "=", self.flour.id)], order="date"
        )
        self.assertEqual(
            [(row.date, row.delivered, row.shipped) for row in rows],
            [(date(2026, 1, 1), 110.0, 100.0), (date(2026, 2, 1), 212.0, 212.0)],
        )
        self.assertAlmostEqual(rows[1].rate, 100 * 12 / 212)

    @freeze_time("2026-03-31 12:00:00")
    def test_effect_is_set_against_the_former_system_s_deliveries_too(self):
        self._load_history()
        action = self._create_action(date_implemented="2026-02-01")
        action.action_open()
        action.action_implement()
        action.action_measure_effect()
        self.assertEqual((action.before_shipped, action.after_shipped), (100.0, 212.0))

    def test_nothing_shipped_is_no_rate(self):
        row = self.rate.search([("product_id", "=", self.sugar.id)])
        self.assertEqual((row.shipped, row.quantity, row.ppm), (0.0, 2.0, 0.0))
        action = row.with_user(self.agent).action_open_complaints()
        found = self.env["crm.complaint"].search(action["domain"])
        self.assertEqual(found, self.later)

    def test_each_company_has_its_own(self):
        rate = self.rate.with_user(self.head)
        rate = rate.with_context(allowed_company_ids=self.beta.ids)
        row = rate.search([("product_id", "=", self.flour.id)])
        self.assertEqual((row.shipped, row.quantity), (7.0, 0.0))

    def test_causes_are_named_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.part.with_context(lang="fr_FR")
        french.parent_id.name = "Couture"
        french.name = "Colle"
        self.assertEqual(french.display_name, "Couture / Colle")
        self.assertEqual(self.part.display_name, "Seam / Glue")
        self.assertEqual(french.name_search("Colle")[0][0], self.part.id)

    # --- CORRECTIVE ACTIONS

    def _run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"crm_service.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _create_action(self, **values):
        return (
            self.env["crm.corrective.action"]
            .with_user(self.agent)
            .create(
                {
                    "name": "Seams leak",
                    "cause_id": self.cause.id,
                    "product_id": self.flour.id,
                    "root_cause": "Glue too cold",
                    "corrective_action": "Heat the glue",
                    "window_days": 28,
                    "company_id": self.alpha.id,
                    **values,
                }
            )
        )

    @freeze_time("2026-03-31 12:00:00")
    def test_effect_before_and_after(self):
        """Windows 4 to 31 January and 1 to 28 February."""
        action = self._create_action(date_implemented="2026-02-01")
        action.action_open()
        action.action_implement()
        with self.assertRaises(UserError):
            action.action_verify()
        action.action_measure_effect()
        self.assertEqual(
            (action.before_count, action.before_shipped, action.before_rate),
            (1, 100.0, 10_000.0),
        )
        self.assertEqual(
            (action.after_count, action.after_shipped, action.after_rate),
            (1, 200.0, 5_000.0),
        )
        self.assertEqual((action.change_percent, action.measured_days), (-50.0, 28))
        action.action_verify()
        self.assertEqual(action.state, "verified")
        action.action_reopen()
        self.assertFalse(action.date_measured)
        self.assertEqual(action.before_count, 0)

    @freeze_time("2026-02-11 12:00:00")
    def test_windows_are_equal_while_time_runs(self):
        action = self._create_action(date_implemented="2026-02-01")
        action.action_open()
        action.action_implement()
        action.action_measure_effect()
        # 22 to 31 January: only the return; 1 to 10 February
        self.assertEqual(action.measured_days, 10)
        self.assertEqual((action.before_shipped, action.after_shipped), (-10.0, 200.0))
        self._run_cron("corrective_action_effect")
        self.assertEqual(action.measured_days, 10, "not over yet")
        with freeze_time("2026-03-02 12:00:00"):
            self._run_cron("corrective_action_effect")
        self.assertEqual((action.measured_days, action.before_count), (28, 1))

    def test_a_subject_and_a_description_are_needed(self):
        action = self._create_action(cause_id=False, product_id=False)
        with self.assertRaises(ValidationError):
            action.action_open()
        bare = self._create_action(root_cause=False)
        bare.action_open()
        with self.assertRaises(ValidationError):
            bare.action_implement()

    @freeze_time("2026-03-10 12:00:00")
    def test_the_owner_is_reminded_once_a_week(self):
        actions = self.env["crm.corrective.action"]
        late = self._create_action(date_due="2026-03-01", user_id=self.agent.id)
        self._create_action(date_due="2026-03-11", user_id=self.agent.id)
        self._run_cron("corrective_action_remind")
        self._run_cron("corrective_action_remind")
        activities = self.env["mail.activity"].search(
            [("res_model", "=", actions._name), ("user_id", "=", self.agent.id)]
        )
        self.assertEqual(activities.mapped("res_id"), late.ids)
        self.assertEqual(actions.search([("is_late", "=", True)]) & late, late)
        late.action_cancel()
        self.assertFalse(activities.exists().filtered("active"))

    # --- MEASURES

    def _measure(self, code):
        measure = self.env.ref(f"crm_service.crm_measure_{code}")
        return getattr(measure, measure.method)(self.alpha, [JANUARY, FEBRUARY])

    def test_measures(self):
        order = self._order(self.mill, "2026-02-03")
        self.assertTrue(order)
        self.assertEqual(
            self._measure("complaints"),
            {
                JANUARY.date_from: MeasureResult(1.0),
                FEBRUARY.date_from: MeasureResult(1.0),
            },
        )
        self.assertEqual(
            self._measure("complaint_rate"),
            {
                JANUARY.date_from: MeasureResult.ratio(1, 0),
                FEBRUARY.date_from: MeasureResult.ratio(1, 1),
            },
        )
        hours = self._measure("complaint_reply_hours")
        self.assertEqual(hours[FEBRUARY.date_from], MeasureResult.ratio(10, 1))
        self.assertIsNone(hours[JANUARY.date_from].value)
        self._set(self.complaint, reply_state="kept", decision_state="broken")
        promises = self._measure("complaint_promises")
        self.assertEqual(promises[JANUARY.date_from], MeasureResult.ratio(1, 2))
        self._set(self.complaint, work_cost=12.5, cost_remedies=4.0)
        self.assertEqual(self._measure("complaint_cost")[JANUARY.date_from].value, 16.5)

    def test_open_loops_at_the_end_of_a_period(self):
        self._set(
            self.complaint,
            date_told="2026-01-20 08:00:00",
            date_confirmed="2026-02-05 08:00:00",
            date_closed="2026-02-06 08:00:00",
        )
        internal = self._measure("complaint_open_internal")
        customer = self._measure("complaint_open_customer")
        # the opinion is open with us in both months
        self.assertEqual([r.value for r in internal.values()], [1.0, 2.0])
        self.assertEqual([r.value for r in customer.values()], [1.0, 0.0])

    def test_drill_down(self):
        for code in (
            "complaints",
            "complaint_rate",
            "complaint_reply_hours",
            "complaint_promises",
            "complaint_resolution_hours",
            "complaint_open_internal",
            "complaint_cost",
            "complaint_open_customer",
            "complaint_recovery",
        ):
            with self.subTest(code=code):
                measure = self.env.ref(f"crm_service.crm_measure_{code}")
                drill = getattr(measure, f"_drill_{code}")
                action = drill(self.alpha, JANUARY.date_from, JANUARY.date_to)
                model = self.env[action["res_model"]].with_user(self.head)
                self.assertIsNotNone(model.search(action["domain"]))
                if code == "complaints":
                    self.assertEqual(model.search(action["domain"]), self.complaint)
