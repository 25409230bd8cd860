from contextlib import closing
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.credit import crm_credit_policy_run
from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditRun(CreditCommon):
    """Runs are on record; a preview says what changed rules would do."""

    # --- RUNS

    def test_a_run_is_on_record(self):
        action = self.credit.with_user(self.analyst).action_assess()
        self.assertEqual(action["params"]["type"], "success")
        run = self.env["crm.credit.run"].with_user(self.analyst).search([])
        self.assertEqual(
            (run.mode, run.state, run.user_id), ("manual", "done", self.analyst)
        )
        self.assertEqual((run.customer_count, run.inserted_count), (2, 2))
        self.assertEqual((run.changed_count, run.waiting_count), (0, 0))
        self.assertEqual(run.assessment_ids, self._of(self.good) | self._of(self.bad))
        self.assertEqual(run.parameters["rules"]["cut_a"], 80)
        self.assertIn("Grade A from: 80", run.parameter_text)
        self.assertIn("Pays on time x 3.0 (0: 100, 20: 50, 60: 0)", run.parameter_text)
        domain = run.action_view_assessments()["domain"]
        self.assertEqual(self.assessments.search_count(domain), 2)
        self._set_figures(self.bad, late_share=30, overdue_amount=0)
        self.credit._assess_all()
        last = self.env["crm.credit.run"].search([], limit=1)
        self.assertEqual(
            (last.inserted_count, last.changed_count, last.waiting_count), (1, 1, 1)
        )
        for user in (self.seller, self.finance):
            with self.assertRaises(AccessError):
                run.with_user(user).write({"customer_count": 9})
        run.sudo().date_start = fields.Datetime.now() - timedelta(days=181)
        self.env["crm.credit.run"]._gc_runs()
        self.assertEqual(self.env["crm.credit.run"].search([]), last)
        self.assertEqual(len(self._of(self.good)), 1, "assessments outlive their run")

    @mute_logger("odoo.addons.crm_analytics.models.crm_run_mixin")
    def test_a_failure_stays_on_record_and_leaves_nothing_else(self):
        broken = patch.object(
            type(self.assessments), "_insert_sql", side_effect=UserError("No space")
        )
        with broken:
            action = self.credit.with_user(self.analyst).action_assess()
        self.assertEqual(action["params"]["message"], "No space")
        run = self.env["crm.credit.run"].search([])
        self.assertEqual((run.state, run.error), ("failed", "No space"))
        self.assertEqual(self.credit.assess_error, "No space")
        self.assertFalse(self._of(self.good))
        self.credit._assess_all()
        self.assertFalse(self.credit.assess_error)

    def test_many_customers_are_assessed_by_the_job(self):
        policy = self.credit.with_user(self.analyst)
        with patch.object(crm_credit_policy_run, "AT_ONCE", 1):
            self.assertEqual(policy.action_assess()["params"]["type"], "info")
            policy.action_assess()
        runs = self.env["crm.credit.run"]
        self.assertEqual(runs.search([]).mapped("state"), ["asked"])
        self.assertFalse(self._of(self.good))
        self.credit.invalidate_recordset(["asked_at"])
        self.assertTrue(policy.asked_at)
        self.assertTrue(policy.get_refresh(self.company.id)["asked"])
        with self.assertRaises(AccessError):
            self.credit.with_user(self.seller).get_refresh(self.company.id)
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.ir_cron_credit_attend").method_direct_trigger()
        self.env.invalidate_all()
        run = runs.search([])
        self.assertEqual((run.state, run.user_id), ("done", self.analyst))
        self.assertEqual(run.inserted_count, 2)
        self.assertFalse(policy.get_refresh(self.company.id)["asked"])

    # --- PREVIEW

    def _preview(self, **values):
        """Open the preview as analyst, with ``{field of the policy: number}``."""
        action = self.credit.with_user(self.analyst).action_preview()
        preview = self.env["crm.rule.preview"].with_user(self.analyst)
        preview = preview.browse(action["res_id"])
        for line in preview.line_ids:
            if line.res_model == "crm.credit.policy" and line.field_name in values:
                line.value = values[line.field_name]
        return preview

    def test_preview_of_cut_points_and_months(self):
        self.credit._assess_all()
        before = (self.credit.read(), self.assessments.search([]).read())
        preview = self._preview(cut_b=14, cut_c=13, cut_d=12, months_a=2, months_b=5)
        preview.action_preview()
        self.env.invalidate_all()
        self.assertEqual(
            (self.credit.read(), self.assessments.search([]).read()), before
        )
        text = " ".join(etree.HTML(preview.result).itertext())
        text = " ".join(text.split())
        # Bad: 15 is B now, 5 x 1,000 - 2,000; Good: A, 2 x 1,000
        self.assertIn("E → B : 1", text.replace("B: 1", "B : 1"))
        self.assertIn("Bad: E, 0 → B, 3,000", text)
        self.assertIn("Good: A, 3,000 → A, 2,000", text)
        with closing(self.env.cr.savepoint()):
            preview._prepare()
            preview._write_rules()
            self.env.flush_all()
            preview._compare()
            amount = preview._read_amount("credit_limit", "Limit")
        self.env.invalidate_all(flush=False)
        money = self.company.currency_id.format
        self.assertEqual(amount, ("Limit", money(3000), money(5000), money(2000), 1, 1))
        preview.action_apply()
        self.credit.is_change_decided = False
        self.credit._assess_all()
        found = {
            one.partner_id: (one.risk_grade, one.credit_limit_proposed)
            for one in self._of(self.good) | self._of(self.bad)
        }
        self.assertEqual(found, {self.good: ("A", 2000), self.bad: ("B", 3000)})

    def test_preview_of_weights_and_steps(self):
        preview = self._preview()
        late = preview.line_ids.filtered(
            lambda li: li.res_model == "crm.credit.factor" and li.res_id == self.late.id
        )
        late.value = 0
        steps = {
            (line.res_id, line.field_name): line
            for line in preview.line_ids
            if line.res_model == "crm.credit.factor.step"
        }
        first, second, _third = self.late.step_ids.sorted()
        # each in the place of the other
        steps[first.id, "value_from"].value = second.value_from
        steps[second.id, "value_from"].value = first.value_from
        preview.action_preview()
        # by orders alone: Bad has 60 points, so B
        self.assertIn("Bad", preview.result)
        self.assertEqual((self.late.weight, first.value_from), (3, 0))
        preview.action_apply()
        self.assertEqual((self.late.weight, first.value_from), (0, 20))
        self.assertEqual(second.value_from, 0)

    def test_preview_keeps_what_people_decided_and_is_not_for_everybody(self):
        draft = self._draft(
            self.bad, self.seller, override_grade="C", override_reason="Guaranteed"
        )
        draft.action_propose()
        draft.with_user(self.finance).action_approve()
        preview = self._preview(cut_b=14, cut_c=13, cut_d=12)
        preview.action_preview()
        self.assertNotIn("Bad", preview.result)
        for user in (self.seller, self.finance):
            with self.assertRaises(AccessError):
                self.credit.with_user(user).action_preview()
