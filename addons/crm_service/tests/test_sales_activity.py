from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .activity_common import NOW, ActivityCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSalesActivity(ActivityCommon):
    """A touch: whose, when, what it asks for, what follows."""

    def test_begins_with_what_its_kind_says(self):
        self.visit.write({"cost": 400, "duration": 2})
        touch = self._create_touch(kind_id=self.visit.id)
        self.assertEqual(
            (touch.name, touch.is_visit, touch.medium_id, touch.duration),
            ("Customer Visit", True, self.visit.medium_id, 2.0),
        )
        self.assertEqual(str(touch.date_end), "2026-03-16 10:00:00")
        self.assertEqual((touch.kind_cost, touch.cost), (400.0, 400.0))
        self.assertEqual(
            (touch.user_id, touch.user_ids, touch.team_id, touch.state),
            (self.anna, self.anna, self.team, "planned"),
        )

    def test_cost_is_converted_to_the_currency_of_the_company(self):
        foreign = self.env["res.currency"].create(
            {
                "name": "TCU",
                "symbol": "t",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2026-01-01",
                            "rate": 4.0,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        self.call.write({"cost": 20, "currency_id": foreign.id})
        self.assertEqual(self._create_touch().cost, 5.0)

    def test_a_contact_stands_for_the_customer(self):
        touch = self._create_touch(partner_id=self.berta.id)
        self.assertEqual(
            (touch.partner_id, touch.contact_ids), (self.customer, self.berta)
        )
        with Form(self.env["crm.sales.activity"].with_user(self.anna)) as form:
            form.kind_id = self.call
            form.partner_id = self.berta
            self.assertEqual(form.partner_id, self.customer)
        self.assertEqual(form.record.contact_ids, self.berta)

    def test_moving_the_end_changes_the_duration(self):
        touch = self._create_touch(kind_id=self.visit.id, duration=2)
        touch.write(
            {"date_start": "2026-03-17 08:00:00", "date_end": "2026-03-17 11:00:00"}
        )
        self.assertEqual(touch.duration, 3.0)
        touch.date_start = "2026-03-18 08:00:00"
        self.assertEqual(str(touch.date_end), "2026-03-18 11:00:00")

    # --- MOVES

    def test_what_the_kind_requires(self):
        touch = self._create_touch(kind_id=self.visit.id)
        with (
            self.assertRaisesRegex(
                UserError, "Enter: Outcome, People of the Customer, Findings"
            ),
            self.cr.savepoint(),
        ):
            touch.action_done()
        self.assertEqual((touch.state, touch.date_done), ("planned", False))
        touch.write(
            {
                "outcome_id": self.interested.id,
                "contact_ids": [Command.link(self.berta.id)],
                "findings": "Wants less dross",
            }
        )
        touch.action_done()
        self.assertEqual(
            (touch.state, str(touch.date_done), touch.done_by_id),
            ("done", NOW, self.anna),
        )

    def test_a_board_asks_for_the_same(self):
        touch = self._create_touch(kind_id=self.visit.id)
        with self.assertRaises(UserError), self.cr.savepoint():
            touch.state = "done"
        with self.assertRaises(UserError), self.cr.savepoint():
            self._create_touch(state="done")  # an import, without an outcome
        with self.assertRaisesRegex(UserError, "cannot go from"), self.cr.savepoint():
            touch.action_confirm()
            touch.state = "proposed"
        self.assertEqual(touch.state, "planned")

    def test_nobody_skips_the_report_by_a_context(self):
        touch = self._create_touch().with_context(crm_service_automatic=True)
        with self.assertRaises(UserError):
            touch.action_done()

    def test_outcome_of_another_kind(self):
        self.missed.kind_ids = self.call
        with self.assertRaisesRegex(ValidationError, "Not Reached.*Customer Visit"):
            self._create_touch(kind_id=self.visit.id, outcome_id=self.missed.id)

    def test_next_step_is_planned_once(self):
        touch = self._create_touch(
            outcome_id=self.interested.id,
            next_step="Send the offer",
            next_date="2026-03-30",  # summer time has begun
            next_kind_id=self.email.id,
        )
        touch.action_done()
        following = touch.next_activity_id
        self.assertEqual(
            (following.name, following.kind_id, following.state, following.source),
            ("Send the offer", self.email, "planned", "next"),
        )
        self.assertEqual(str(following.date_start), "2026-03-30 07:00:00")
        touch.action_reopen()
        touch.action_done()
        self.assertEqual(len(self._get_touches()), 2)

    def test_next_step_without_documents_that_are_gone_or_closed(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        foreign = self._create_customer("Carl's", self.carl)
        closed = self.env["sale.order"].create(
            {"partner_id": foreign.id, "user_id": self.carl.id}
        )
        touch = self._create_touch(
            outcome_id=self.interested.id, next_step="Call", next_date="2026-03-30"
        )
        touch.sudo().document_ids = [
            Command.create({"document_ref": f"sale.order,{document.id}"})
            for document in order | closed
        ]
        order.unlink()
        self.env.invalidate_all()
        touch.action_done()
        self.assertEqual(touch.state, "done")
        self.assertFalse(touch.next_activity_id.sudo().document_ids)

    def test_cancel_asks_why(self):
        touch = self._create_touch()
        action = touch.action_cancel()
        self.assertEqual(touch.state, "planned")
        wizard = self.env[action["res_model"]].with_user(self.anna)
        wizard.with_context(**action["context"]).create(
            {"reason": "Plant is closed"}
        ).action_apply()
        self.assertEqual(
            (touch.state, touch.cancel_reason), ("cancelled", "Plant is closed")
        )
        touch.action_revive()
        self.assertEqual((touch.state, touch.cancel_reason), ("planned", False))

    def test_who_may_reopen(self):
        touch = self._create_touch(outcome_id=self.interested.id, user_id=self.anna.id)
        touch.action_done()
        with self.assertRaisesRegex(UserError, "within 30 days"), self.cr.savepoint():
            touch.with_user(self.lea).action_reopen()
        with freeze_time("2026-04-12 10:00:00"):
            with self.assertRaises(UserError), self.cr.savepoint():
                touch.action_reopen()
            self.assertEqual(touch.state, "done")
            touch.with_user(self.boss).action_reopen()
        self.assertEqual((touch.state, touch.date_done), ("planned", False))

    def test_overdue(self):
        late = self._create_touch(date_start="2026-03-12 08:00:00")
        ahead = self._create_touch(date_start="2026-03-12 08:50:00")
        done = self._create_touch(
            date_start="2026-03-11 08:00:00", outcome_id=self.missed.id
        )
        done.action_done()
        self.assertEqual((late | ahead | done).filtered("is_overdue"), late)
        found = self._get_touches().filtered_domain([("is_overdue", "=", True)])
        self.assertEqual(found, late)
        domain = [("is_overdue", "=", True), ("partner_id", "=", self.customer.id)]
        self.assertEqual(self.env["crm.sales.activity"].search(domain), late)

    # --- DOCUMENTS

    def test_documents_are_checked_by_rights(self):
        own = self._create_order("2026-03-01 08:00:00", 100, user_id=self.anna.id)
        foreign = self._create_order("2026-03-01 08:00:00", 100, user_id=self.carl.id)
        touch = self._create_touch()
        touch.document_ids = [Command.create({"document_ref": f"sale.order,{own.id}"})]
        with self.assertRaises(AccessError), self.cr.savepoint():
            touch.document_ids = [
                Command.create({"document_ref": f"sale.order,{foreign.id}"})
            ]
        self.assertEqual(touch.document_ids.mapped("name"), [own.display_name])
        self.assertEqual(
            (touch.document_ids.res_model, touch.document_ids.res_id),
            ("sale.order", own.id),
        )
        own.user_id = self.carl
        self.env.invalidate_all()
        self.assertEqual(touch.document_ids.mapped("name"), ["Document"])
        self.assertEqual(own.with_user(self.boss).crm_sales_activity_count, 1)
        action = own.with_user(self.boss).action_open_sales_activities()
        self.assertEqual(self.env["crm.sales.activity"].search(action["domain"]), touch)

    # --- CUSTOMERS

    def test_archived_customer_is_not_visited(self):
        done = self._create_touch(outcome_id=self.interested.id)
        done.action_done()
        ahead = self._create_touch()
        self.customer.active = False
        self.assertEqual((done.state, ahead.state), ("done", "cancelled"))
        self.assertEqual(ahead.cancel_reason, "The customer was archived.")

    def test_customer_with_touches_is_not_deleted(self):
        customer = self._create_customer("Short", self.anna)
        touch = self._create_touch(partner_id=customer.id)
        with self.assertRaisesRegex(UserError, "Archive"), self.cr.savepoint():
            customer.unlink()
        touch.action_unplan()
        customer.unlink()
        self.assertFalse(touch.exists())

    def test_touches_follow_who_becomes_a_contact(self):
        branch = self._create_customer("Branch", self.anna)
        touch = self._create_touch(partner_id=branch.id)
        branch.write({"is_company": False, "parent_id": self.customer.id})
        self.assertEqual((touch.partner_id, touch.contact_ids), (self.customer, branch))

    def test_merge_keeps_every_touch_once(self):
        double = self._create_customer("Foundry Ltd", self.anna)
        clara = self.env["res.partner"].create(
            {"name": "Clara", "parent_id": double.id}
        )
        touches = self._create_touch() | self._create_touch(
            partner_id=double.id,
            contact_ids=[Command.set(clara.ids)],
            kind_id=self.visit.id,
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | double).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual(self._get_touches(), touches.sorted("id", reverse=True))
        self.assertEqual(touches[1].contact_ids, clara)
        self.assertTrue(touches[1].event_id)

    def test_merge_into_a_contact(self):
        person = self.env["res.partner"].create({"name": "Berta B."})
        touch = self._create_touch(partner_id=person.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((person | self.berta).ids, self.berta)
        self.env.invalidate_all()
        self.assertEqual(
            (touch.partner_id, touch.contact_ids), (self.customer, self.berta)
        )

    def test_merged_opportunities_bring_their_touches(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": name, "partner_id": self.customer.id, "user_id": self.anna.id}
                for name in ("One", "Two")
            ]
        )
        refs = [
            Command.create({"document_ref": f"crm.lead,{lead.id}"}) for lead in leads
        ]
        first = self._create_touch(lead_id=leads[0].id, document_ids=refs)
        second = self._create_touch(lead_id=leads[1].id)
        kept = leads.merge_opportunity()
        self.assertEqual((first | second).lead_id, kept)
        self.assertEqual(first.document_ids.mapped("res_id"), [kept.id])
        self.assertEqual(kept.crm_sales_activity_count, 2)

    # --- LISTS

    def test_list_costs_the_same_for_one_and_for_many(self):
        self._create_touch(lead_id=False)
        names = [
            "name",
            "partner_id",
            "user_id",
            "is_overdue",
            "allowed_actions",
            "cost",
        ]
        spec = {name: {} for name in names}
        touches = self.env["crm.sales.activity"].with_user(self.anna)
        touches.web_search_read([], spec)

        def count():
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            touches.web_search_read([], spec)
            return self.cr.sql_log_count - start

        one = count()
        for _number in range(9):
            self._create_touch()
        self.assertEqual(count(), one)
