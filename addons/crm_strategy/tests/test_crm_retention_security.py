from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .retention_common import RetentionCommon

FIGURES = {
    "value_before": 1,
    "value_after": 99,
    "control_before": 1,
    "control_after": 1,
    "effect": 99,
    "is_target_reached": True,
    "customer_count": 99,
    "control_count": 99,
    "kept_count": 99,
    "kept_beyond": 99,
    "cost_actual": 1,
    "date_measured": "2024-07-31",
    "measure_error": "None",
}


@tagged("post_install", "-at_install")
class TestRetentionSecurity(RetentionCommon):
    """What a manager or a salesperson might try by RPC or import."""

    # --- FORGERY

    def test_figures_are_nobodys_to_write(self):
        programme = self._start()
        before = programme.read(list(FIGURES))
        for name, value in FIGURES.items():
            with self.assertRaises(AccessError, msg=name), self.cr.savepoint():
                programme.write({name: value})
        self.assertEqual(programme.read(list(FIGURES)), before)

    def test_figures_cannot_be_entered_from_the_start(self):
        with self.assertRaises(AccessError):
            self._create_programme(value_before=1)
        programmes = self.env["crm.retention.programme"].with_user(self.manager)
        vals = {"name": "By the context", "date_end": "2034-07-31"}
        with self.assertRaises(AccessError):
            programmes.with_context(default_kept_count=9).create(vals)
        self.assertFalse(programmes.search([("name", "=", vals["name"])]))

    def test_a_programme_begins_as_a_draft(self):
        for state in ("running", "finished", "cancelled"):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._create_programme(state=state)
        programmes = self.env["crm.retention.programme"].with_user(self.manager)
        with self.assertRaises(UserError), self.cr.savepoint():
            programmes.with_context(default_state="finished").create(
                {"name": "By the context", "date_end": "2034-07-31"}
            )
        self.assertFalse(programmes.search([("name", "=", "By the context")]))

    def test_states_move_by_the_table_only(self):
        programme = self._create_programme()
        with self.assertRaises(UserError), self.cr.savepoint():
            programme.state = "finished"
        self.assertEqual(programme.state, "draft")
        programme.action_start()
        with self.assertRaises(UserError), self.cr.savepoint():
            programme.state = "draft"
        programme.action_finish()
        for state in ("draft", "running", "cancelled"):
            with self.assertRaises(UserError), self.cr.savepoint():
                programme.state = state
        self.assertEqual(programme.state, "finished")

    def test_a_state_that_is_written_does_what_the_button_does(self):
        programme = self._create_programme()
        programme.write({"state": "running"})
        self.assertEqual((programme.customer_count, programme.control_count), (3, 2))
        self.assertFigures(programme, 50, 50, (50, 100), -50)

    def test_a_finished_programme_keeps_its_target_and_last_day(self):
        programme = self._start(target_value=60)
        programme.target_value = 55
        programme.action_finish()
        self.assertFalse(programme.is_target_reached)
        for vals in ({"target_value": 10}, {"date_end": "2024-08-31"}):
            with self.assertRaises(UserError), self.cr.savepoint():
                programme.write(vals)
        self.assertEqual(programme.target_value, 55)
        self.assertFalse(programme.is_target_reached)

    def test_measured_rows_are_nobodys_to_write(self):
        programme = self._start()
        row = programme.customer_ids[0]
        before = self._rows(programme)
        for call in (
            lambda: row.write({"orders_after": 9}),
            row.unlink,
            lambda: row.create(
                {"programme_id": programme.id, "partner_id": self.other.id}
            ),
            lambda: programme.write({"customer_ids": [Command.clear()]}),
            lambda: programme.write(
                {"customer_ids": [Command.update(row.id, {"revenue_after": 9})]}
            ),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()
        self.env.invalidate_all()
        self.assertEqual(self._rows(programme), before)

    # --- WHAT IS NOT HIS

    def test_another_company_can_do_nothing(self):
        programme = self._start()
        stranger = self.manager.copy({"login": "retention_b"})
        stranger.write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        theirs = programme.with_user(stranger)
        for call in (
            lambda: theirs.read(["value_after"]),
            lambda: theirs.write({"name": "Taken"}),
            theirs.action_finish,
            theirs.action_measure,
            theirs.unlink,
            lambda: theirs.customer_ids.read(["revenue_after"]),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()
        rows = self.env["crm.retention.customer"].with_user(stranger)
        self.assertFalse(rows.search([("programme_id", "=", programme.id)]))
        self.assertEqual(
            (programme.name, programme.state), ("Keep the mills", "running")
        )

    def test_segments_of_another_company_are_refused(self):
        scheme = self._create_scheme(("B", []), company_id=self.company_b.id)
        with self.assertRaises(UserError):
            self._create_programme(segment_ids=[Command.set(scheme.segment_ids.ids)])

    def test_group_heads_and_totals_tell_only_what_may_be_read(self):
        programme = self._start()
        self.foundry.user_id = self.rep_all
        self.mill_2.user_id = self.rep_all
        rows = self.env["crm.retention.customer"].with_user(self.rep)
        domain = [("programme_id", "=", programme.id)]
        groups = rows.formatted_read_group(
            domain, ["partner_id"], ["revenue_before:sum", "__count"]
        )
        self.assertEqual(
            {group["partner_id"][1]: group["revenue_before:sum"] for group in groups},
            {"Mill": 150, "Mill 3": 0, "Other": 100},
        )
        by_kind = rows.formatted_read_group(domain, ["kind"], ["__count"])
        self.assertEqual(
            {group["kind"]: group["__count"] for group in by_kind},
            {"programme": 2, "control": 1},
        )
        by_person = rows.formatted_read_group(
            domain, ["partner_id.user_id"], ["__count"]
        )
        heads = [group["partner_id.user_id"] for group in by_person]
        self.assertNotIn(self.rep_all.id, [head and head[0] for head in heads])
        self.rep.group_ids += self.env.ref("base.group_allow_export")
        exported = rows.search(domain).export_data(["partner_id/name"])["datas"]
        self.assertNotIn(["Mill 2"], exported)
