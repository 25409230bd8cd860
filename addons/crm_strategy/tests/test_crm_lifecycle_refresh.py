import random
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestCrmLifecycleRefresh(LifecycleCommon):
    # --- WHO IS WHERE

    def test_each_threshold_decides_to_the_day(self):
        customers = {
            "nobody": ((), "prospect", "no_contact"),
            "silent 60": ((60,), "buying", "first_purchase"),
            "silent 61": ((61,), "lapsed", "silent"),
            "two": ((95, 5), "buying", "purchases"),
            "tenure 89": ((89, 40, 5), "buying", "purchases"),
            "tenure 90": ((90, 40, 5), "loyal", "loyal"),
            "loyal but silent": ((200, 150, 61), "lapsed", "silent"),
        }
        found = {
            name: self._customer(name, *orders)
            for name, (orders, _state, _reason) in customers.items()
        }
        self._refresh()
        for name, (_orders, state, reason) in customers.items():
            self.assertState(found[name], state, reason)

    def test_interest_lasts_as_long_as_a_lead_is_open_and_then_for_some_days(self):
        names = ("open", "lost 30", "lost 31", "quoted 30", "quoted 31", "cancelled")
        found = {name: self._customer(name) for name in names}
        self._lead(found["open"], 400)
        for days in (30, 31):
            lead = self._lead(found[f"lost {days}"], 100)
            lead.action_set_lost()
            lead.date_closed = self._moment(days)
            self._quotation(found[f"quoted {days}"], days)
        self._quotation(found["cancelled"], 5)._action_cancel()
        self._refresh()
        self.assertState(found["open"], "interested", "open_lead")
        self.assertState(found["lost 30"], "interested", "recent_contact")
        self.assertState(found["lost 31"], "prospect", "contact_over")
        self.assertState(found["quoted 30"], "interested", "recent_contact")
        self.assertState(found["quoted 31"], "prospect", "contact_over")
        self.assertState(found["cancelled"], "prospect", "no_contact")

    def test_orders_and_leads_of_contacts_are_those_of_their_company(self):
        firm, other = self._customer("Firm"), self._customer("Other")
        contacts = self.env["res.partner"].create(
            [{"name": "C", "parent_id": firm.id}, {"name": "D", "parent_id": other.id}]
        )
        self._order(contacts[0], 3)
        self._lead(contacts[1], 3)
        self._refresh()
        self.assertState(firm, "buying")
        self.assertState(other, "interested")
        self.assertFalse(self._stays(contacts[0]))
        self.assertEqual(contacts.mapped("lifecycle_state"), ["buying", "interested"])

    def test_a_cancelled_order_is_no_purchase_a_refunded_one_stays_one(self):
        customer = self._customer("Cancelled", 5)
        self._refresh()
        self.assertState(customer, "buying")
        self.env["sale.order"].search(
            [("partner_id", "=", customer.id)]
        )._action_cancel()
        self._refresh("incremental")
        self.assertState(customer, "prospect", "no_contact")

    def test_own_rhythm_gives_more_time_or_less(self):
        customers = (
            self._customer("Rare", 240, 160, 80),  # every 80 days
            self._customer("Often", 80, 60, 40),  # every 20 days
        )
        self.policy.write({"lapse_factor": 1.5, "lapse_choice": "later"})
        self._refresh()
        self.assertState(customers[0], "loyal")  # 80 days, may be 120
        self.assertState(customers[1], "buying")
        self.policy.lapse_choice = "earlier"
        self._refresh()
        self.assertState(customers[0], "lapsed")  # 60 days
        self.assertState(customers[1], "lapsed")  # 30 days

    def test_loyal_customers_buy_often_enough_where_that_is_asked(self):
        # two orders of one day are no gap: 100 days, three days with an order
        customer = self._customer("Rhythm", 110, 60, 60, 10)
        self.policy.loyal_max_interval_days = 50
        self._refresh()
        self.assertState(customer, "loyal")
        self.assertEqual(self._stays(customer)[-1].mean_interval, 50)
        self.policy.loyal_max_interval_days = 49
        self._refresh()
        self.assertState(customer, "buying", "purchases")

    def test_satisfaction_is_asked_as_soon_as_somebody_measures_it(self):
        happy, unhappy = (self._customer(n, 120, 50, 5) for n in ("Happy", "Unhappy"))
        unknown = self._customer("Unknown", 120, 50, 5)
        self.policy.loyal_min_satisfaction = 7
        engine = type(self.env["crm.lifecycle.engine"])
        with patch.object(engine, "_satisfaction_sql", lambda _self, _company: None):
            self._refresh()
            self.policy.invalidate_recordset()
            self.assertTrue(self.policy.is_satisfaction_missing)
        self.assertState(unhappy, "loyal")
        statement = SQL(
            "SELECT * FROM (VALUES (%s, 7.0), (%s, 6.9)) s(partner_id, satisfaction)",
            happy.id,
            unhappy.id,
        )
        with patch.object(
            engine, "_satisfaction_sql", lambda _self, _company: statement
        ):
            self._refresh()
            self.policy.invalidate_recordset()
            self.assertFalse(self.policy.is_satisfaction_missing)
        self.assertState(happy, "loyal")
        self.assertState(unhappy, "buying")
        self.assertState(unknown, "buying")

    # --- SINCE WHEN

    def test_the_past_is_worked_out_for_customers_placed_first(self):
        loyal = self._customer("Loyal", 100, 50, 20)
        lapsed = self._customer("Lapsed", 200, 100)
        over = self._customer("Over")
        self._entered(loyal | lapsed | over, 300)
        for customer, days in ((loyal, 130), (over, 90)):
            lead = self._lead(customer, days)
            lead.action_set_lost()
            lead.date_closed = self._moment(days - 10)
        self._refresh()
        self.assertPast(loyal, "prospect", "interested", "buying", "loyal")
        stays = self._stays(loyal)
        self.assertEqual(stays.mapped("days_previous"), [0, 170, 30, 89.5])
        # the third order was 20 days ago, the tenure of 90 days is later
        self.assertEqual(stays[-1].date_start, self._moment(10) - timedelta(hours=12))
        self.assertEqual(set(stays.mapped("method")), {"reconstructed"})
        self.assertEqual(stays[-1].order_count, 3)
        self.assertEqual(stays[0].order_count, 0)
        self.assertPast(lapsed, "prospect", "buying", "lapsed")
        since = self._stays(lapsed)[-1].date_start
        self.assertEqual(since, self._moment(100 - 61) - timedelta(hours=12))
        self.assertPast(over, "prospect", "interested", "prospect")

    def test_a_customer_moves_on_the_day_of_his_order(self):
        customer = self._customer("New")
        self._entered(customer, 20)
        self._refresh()
        self._lead(customer, 6)
        self._refresh("incremental")
        self._order(customer, 2)
        self._refresh("incremental")
        self.assertPast(customer, "prospect", "interested", "buying")
        stays = self._stays(customer)
        self.assertEqual(stays[1].date_start, self._moment(6))
        self.assertEqual(stays[2].date_start, self._moment(2))
        self.assertEqual(stays.mapped("days_previous"), [0, 14, 4])
        self.assertIn("1 order;", stays[2].explanation)

    def test_a_lapsed_customer_is_won_back_by_his_next_order(self):
        customer = self._customer("Back", 100)
        self._refresh()
        self.assertState(customer, "lapsed")
        self._order(customer, 0)
        self._refresh("incremental")
        self.assertPast(customer, "buying", "lapsed", "buying")

    # --- INCREMENTAL

    def test_time_alone_moves_customers_when_they_are_due(self):
        tomorrow = self.today + timedelta(days=1)
        customer = self._customer("Due", 60)
        self._refresh()
        self.assertEqual(self._stays(customer)[-1].date_due, tomorrow)
        self._refresh("incremental")
        self.assertState(customer, "buying")
        facts = type(self.env["crm.sale.fact"])
        with patch.object(facts, "_get_today", lambda _self, _company: tomorrow):
            self.assertEqual(self._refresh("incremental")["moved"], 1)
        self.assertState(customer, "lapsed")

    def test_a_refresh_that_finds_nothing_new_writes_nothing(self):
        self._customer("A", 5)
        self._customer("B")
        self._refresh()
        stays = self.env["crm.lifecycle.transition"].search([])
        before = stays.mapped(lambda stay: (stay.id, stay.write_date))
        for mode in ("full", "incremental"):
            counts = self._refresh(mode)
            self.assertEqual((counts["moved"], counts["entered"]), (0, 0))
        stays = self.env["crm.lifecycle.transition"].search([])
        self.assertEqual(stays.mapped(lambda s: (s.id, s.write_date)), before)
        self.assertFalse(self.policy.corrected_count)

    def test_moved_and_deleted_documents_are_noticed(self):
        one, two, three = (self._customer(name) for name in ("1", "2", "3"))
        order, quotation = self._order(one, 5), self._quotation(two, 5)
        lead = self._lead(three, 5)
        self._refresh()
        self._forget_writes()
        order.partner_id = two
        lead.unlink()
        quotation.unlink()
        self._refresh("incremental")
        self.assertState(one, "prospect")
        self.assertState(two, "buying")
        self.assertState(three, "prospect")

    def _forget_writes(self):
        """Set the watermark as if everything until now were long ago."""
        self.env.flush_all()
        for table in ("sale_order", "crm_lead", "res_partner"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_date = write_date - INTERVAL '9 days'",
                    SQL.identifier(table),
                )
            )
        self.env.invalidate_all()
        self.policy.watermark = self.policy.watermark - timedelta(days=1)

    def test_incremental_gives_what_full_gives(self):
        dice = random.Random(3)
        customers = [self._customer(f"R{number}") for number in range(12)]
        documents = []
        self.policy.write({"lapse_factor": 2, "loyal_max_interval_days": 40})
        self._refresh()
        for _round in range(12):
            self._forget_writes()
            for _change in range(3):
                self._change_something(dice, customers, documents)
            self._refresh("incremental")
            found = self._present()
            counts = self._refresh("full")
            self.assertEqual(counts["corrected"], 0)
            self.assertEqual(self._present(), found)

    def _present(self):
        stays = self.env["crm.lifecycle.transition"].search([("date_end", "=", False)])
        return {(s.partner_id.id, s.state, s.date_due) for s in stays}

    def _change_something(self, dice, customers, documents):
        customer, days = dice.choice(customers), dice.randint(0, 130)
        kind = dice.choice(("order", "order", "quote", "lead", "move", "drop", "lose"))
        documents[:] = [document for document in documents if document.exists()]
        if kind == "order":
            documents.append(self._order(customer, days))
        elif kind == "quote":
            documents.append(self._quotation(customer, days))
        elif kind == "lead":
            documents.append(self._lead(customer, days))
        elif not documents:
            return
        elif kind == "move":
            dice.choice(documents).partner_id = customer
        elif kind == "lose":
            leads = [d for d in documents if d._name == "crm.lead" and d.active]
            for lead in leads[:1]:
                lead.action_set_lost()
        else:
            document = dice.choice(documents)
            if document._name == "sale.order":
                document._action_cancel()
            document.unlink()

    # --- COMPANIES AND CUSTOMERS

    def test_each_company_places_its_customers_by_its_own_orders(self):
        shared = self._create_customer("Shared")
        self._order(shared, 5)
        policy_b = self.env["crm.lifecycle.policy"].create(
            {"company_id": self.company_b.id}
        )
        self._refresh()
        self._refresh(policy=policy_b)
        self.assertEqual(self._stays(shared)[-1].state, "buying")
        self.assertEqual(self._stays(shared, self.company_b)[-1].state, "prospect")
        self.assertEqual(shared.lifecycle_state, "buying")
        self.assertEqual(
            shared.with_context(allowed_company_ids=self.company_b.ids).lifecycle_state,
            "prospect",
        )
        shared.company_id = self.company_a
        self._refresh(policy=policy_b)
        ended = self._stays(shared, self.company_b)
        self.assertEqual(ended.end_reason, "other_company")
        self.assertTrue(ended.date_end)

    def test_an_archived_customer_leaves_at_once_and_comes_back(self):
        customer = self._customer("Gone", 5)
        self._refresh()
        customer.action_archive()
        self.assertEqual(self._stays(customer)[-1].end_reason, "customer_archived")
        customer.action_unarchive()
        self._refresh("incremental")
        self.assertEqual(self._stays(customer).mapped("state"), ["buying", "buying"])
        self.assertState(customer, "buying")

    def test_who_becomes_a_contact_is_no_customer_any_more(self):
        firm, customer = self._customer("Firm"), self._customer("Person", 5)
        self._refresh()
        customer.write({"is_company": False, "parent_id": firm.id})
        self._refresh("incremental")
        self.assertEqual(self._stays(customer)[-1].end_reason, "not_customer")
        self.assertState(firm, "buying")

    def test_merged_customers_have_one_state_and_both_pasts(self):
        keeps, goes = self._customer("Keeps"), self._customer("Goes", 5)
        self._refresh()
        count = len(self._stays(keeps) | self._stays(goes))
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (keeps | goes).ids, keeps
        )
        self.env.invalidate_all()
        self.assertFalse(goes.exists())
        self.assertEqual(len(self._stays(keeps)), count)
        present = self._stays(keeps).filtered(lambda stay: not stay.date_end)
        self.assertEqual(len(present), 1)
        self.assertIn("merged", self._stays(keeps).mapped("end_reason"))
        self._refresh("incremental")
        self.assertState(keeps, "buying")

    # --- DAYS

    def test_another_time_zone_of_the_company_makes_the_next_refresh_full(self):
        self._refresh()
        other = self.env["crm.lifecycle.policy"]._ensure(self.company_b)
        other._refresh("full")
        self._customer("Contact", tz="Asia/Tokyo").tz = "UTC"
        self.company_a.partner_id.tz = self.company_a.partner_id.tz
        self.assertEqual(self._refresh("incremental")["mode"], "incremental")
        self.company_a.partner_id.tz = "Pacific/Kiritimati"
        self.assertEqual((self.policy.is_stale, other.is_stale), (True, False))
        self.assertEqual(self._refresh("incremental")["mode"], "full")
        self.assertEqual(self._refresh("incremental")["mode"], "incremental")
