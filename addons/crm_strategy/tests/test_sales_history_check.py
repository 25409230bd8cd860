from base64 import b64decode

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .sales_history_common import HEADER, SalesHistoryCase


@tagged("post_install", "-at_install")
class TestSalesHistoryCheck(SalesHistoryCase):
    def test_report_counts_what_would_happen(self):
        self.env["res.partner"].create({"name": "Known", "ref": "C1"})
        job = self._validate(
            [
                "C1,2020-03-01,O1,P1,1,10.00,USD",
                "C1,2020-03-01,O1,P2,2,5.50,USD",
                "C2,2020-04-01,O2,P1,1,8.00,EUR",
                "C3,2020-05-01,O3,P1,x,8.00,USD",
            ]
        )
        self.assertEqual(job.state, "validated")
        self.assertEqual((job.line_count, job.order_count), (4, 3))
        self.assertEqual((job.valid_order_count, job.known_order_count), (2, 0))
        self.assertEqual((job.customer_count, job.new_customer_count), (3, 2))
        self.assertEqual((job.product_count, job.new_product_count), (2, 2))
        self.assertEqual(job.amount_summary, "EUR 8.00\nUSD 15.50")
        self.assertEqual(str(job.date_first), "2020-03-01")
        self.assertEqual(str(job.date_last), "2020-04-01")
        self.assertIn("Line 5: “x” in the column quantity", job.problem_summary)
        self.assertFalse(self._get_order("O1"), "nothing is loaded yet")

    def test_a_bad_line_rejects_its_whole_order(self):
        job = self._validate(
            [
                "C1,2020-03-01,O1,P1,1,10.00,USD",
                "C1,2020-03-01,O2,P1,1,10.00,USD",
                "C1,2020-03-01,O1,P2,ten,10.00,USD",
            ]
        )
        self.assertEqual(self._get_reasons(job), {2: "same_order", 4: "number"})

    def test_contradictions_and_repetitions(self):
        self._assert_reasons(
            {2: "contradiction", 3: "same_order"},
            ["C1,2020-03-01,O1,P1,1,1,USD", "C2,2020-03-01,O1,P2,1,1,USD"],
        )
        self._assert_reasons(
            {2: "contradiction", 3: "same_order"},
            ["C1,2020-03-01,O1,P1,1,1,USD", "C1,2020-03-02,O1,P2,1,1,USD"],
        )
        self._assert_reasons(
            {2: "contradiction", 3: "same_order"},
            ["C1,2020-03-01,O1,P1,1,1,USD", "C1,2020-03-01,O1,P2,1,1,EUR"],
        )
        self._assert_reasons(
            {2: "same_order", 3: "repeated_line"},
            ["C1,2020-03-01,O1,P1,1,1,USD"] * 2,
        )

    def test_line_keys_tell_equal_lines_apart(self):
        header = HEADER + ",line"
        self._assert_reasons(
            {},
            ["C1,2020-03-01,O1,P1,1,1,USD,1", "C1,2020-03-01,O1,P1,1,1,USD,2"],
            header,
        )
        self._assert_reasons(
            {2: "same_order", 3: "repeated_key"},
            ["C1,2020-03-01,O1,P1,1,1,USD,1", "C1,2020-03-01,O1,P2,1,1,USD,1"],
            header,
        )

    def test_returns_belong_to_an_order(self):
        self._assert_reasons(
            {4: "negative_order"},
            [
                "C1,2020-03-01,O1,P1,3,9,USD",
                "C1,2020-03-01,O1,P2,-1,-3,USD",
                "C1,2020-03-01,O2,P1,-1,-3,USD",
            ],
        )

    def _assert_reasons(self, expected, lines, header=HEADER):
        self.assertEqual(self._get_reasons(self._validate(lines, header)), expected)

    def test_salesperson_and_country_must_exist(self):
        self._assert_reasons(
            {3: "salesperson", 4: "country", 5: "salesperson"},
            [
                f"C1,2020-03-01,O1,P1,1,1,USD,{self.seller.login},US",
                "C1,2020-03-01,O2,P1,1,1,USD,nobody,US",
                "C1,2020-03-01,O3,P1,1,1,USD,,ZZ",
                f"C1,2020-03-01,O4,P1,1,1,USD,{self.manager_other.login},US",
            ],
            HEADER + ",salesperson,country",
        )

    def test_customer_of_another_company(self):
        partner = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": self.other.id}
        )
        self.env["ir.model.data"].create(
            {
                "module": "legacy",
                "name": "theirs",
                "model": "res.partner",
                "res_id": partner.id,
            }
        )
        job = self._validate(["legacy.theirs,2020-03-01,O1,P1,1,1,USD"])
        self.assertEqual(self._get_reasons(job), {2: "other_company"})
        self.assertIn("Other Ltd", job.problem_summary)

    def test_unknown_customers_and_products_if_not_to_be_created(self):
        job = self._validate(
            ["C1,2020-03-01,O1,P1,1,1,USD"],
            create_customers=False,
            create_products=False,
        )
        self.assertEqual(self._get_reasons(job), {2: "unknown_partner"})
        line = self.env["crm.sales.history.line"].search([("import_id", "=", job.id)])
        self.assertIn("no customer “C1”", line.reason)
        self.assertIn("no product “P1”", line.reason)

    def test_reference_of_several_customers(self):
        self.env["res.partner"].create([{"name": "A", "ref": "C1"}] * 2)
        job = self._validate(["C1,2020-03-01,O1,P1,1,1,USD"])
        self.assertEqual(self._get_reasons(job), {2: "several"})
        job = self._validate(["C1,2020-03-01,O1,P1,1,1,USD"], match_reference=False)
        self.assertEqual((self._get_reasons(job), job.new_customer_count), ({}, 1))

    def test_unreadable_files_say_what_to_do(self):
        for content, message in (
            (b"", "no file yet"),
            (b"\n", "The file is empty"),
            (f"{HEADER}\n".encode(), "no orders below"),
            (b"partner,date\n", "lacks the columns: order, product, quantity"),
            (f"{HEADER}\nM\xfcller,".encode("latin-1"), "Line 2 is not UTF-8"),
        ):
            job = self._create_import(content)
            with self.assertRaisesRegex(UserError, message):
                job.action_validate()
            self.assertEqual(job.state, "draft")
            self.assertFalse(self._get_reasons(job))

    def test_too_large_file(self):
        self.env["ir.config_parameter"].set_param(
            "crm_strategy.sales_history_max_mb", "-1"
        )
        with self.assertRaisesRegex(UserError, "Split it by years"):
            self._validate(["C1,2020-03-01,O1,P1,1,1,USD"])

    def test_rejected_lines_can_be_corrected_and_loaded_again(self):
        job = self._load(
            [
                "C1;2020-03-01;O1;P1;1;1.00;USD;old;why",
                "C1;2020-03-01;O2;P1;one;1.00;USD;old;why",
            ],
            "partner;date;order;product;quantity;amount;currency;"
            "rejected_line;rejected_reason",
        )
        self.assertEqual(job.state, "rejects")
        reason = "“one” in the column quantity is no number like 1234.50."
        lines = b64decode(job.rejects_file).decode("utf-8-sig").splitlines()
        self.assertEqual(
            lines,
            [
                f"{HEADER};rejected_line;rejected_reason".replace(",", ";"),
                f"C1;2020-03-01;O2;P1;one;1.00;USD;3;{reason}",
            ],
        )
        again = self._load([lines[1].replace("one", "1", 1)], lines[0])
        self.assertEqual((again.state, again.created_count), ("done", 1))

    def test_the_file_cannot_change_after_the_check(self):
        job = self._validate(["C1,2020-03-01,O1,P1,1,1,USD"])
        with self.assertRaises(UserError):
            job.source = "other"
        job.action_reset()
        self.assertFalse(job.line_count)
        job.source = "other"
        with self.assertRaises(ValidationError):
            job.source = "Other ERP"

    def test_states_forbid_what_makes_no_sense(self):
        job = self._create_import(f"{HEADER}\n")
        for action in ("queue", "cancel", "undo", "reset"):
            with self.assertRaises(UserError):
                getattr(job, f"action_{action}")()
        self.assertEqual(job.state, "draft")

    def test_only_managers_of_the_company(self):
        job = self._validate(["C1,2020-03-01,O1,P1,1,1,USD"])
        for user in (self.seller, self.manager_other):
            theirs = job.with_user(user)
            theirs.invalidate_recordset()
            for method in (
                "action_queue",
                "action_undo",
                "action_cancel",
                "action_download_rejects",
            ):
                with self.assertRaises(AccessError):
                    getattr(theirs, method)()
            self.assertFalse(
                self.env["crm.sales.history.import"]
                .with_user(self.manager_other)
                .search([("id", "=", job.id)])
            )
        with self.assertRaises(AccessError):
            self._create_import(HEADER, user=self.seller)
        self.assertEqual(job.state, "validated")
        self.assertFalse(self._get_order("O1"))
