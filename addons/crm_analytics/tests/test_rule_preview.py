from contextlib import closing

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .seven_p_common import SevenPCommon

AS_OF = "2026-06-30"
#: What a preview may not change
RULES = ("crm.rfm.policy", "crm.profit.policy", "crm.churn.factor", "crm.rfm.cut")


@tagged("post_install", "-at_install")
class TestRulePreview(SevenPCommon):
    """A preview says what applying then does, and changes nothing before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(1, 9):
            customer = cls._create_customer(f"Customer {number}")
            for month in range(1, 2 + number // 2):
                day = f"2026-0{7 - month}-{number + 10}"
                order = cls._create_order(customer, day, 100.0 * number)
            cls._invoice(order, day)
        cls._refresh(AS_OF)
        # bounds, proposed values and prices of the first refresh are settled
        cls._refresh(AS_OF, mode="full")

    def _read_all(self):
        """Return all that a preview could have changed."""
        self.env.flush_all()
        self.env.invalidate_all()
        rules = [
            self.env[name].search([("company_id", "=", self.company.id)]).read()
            for name in RULES
        ]
        cards = self.env["crm.customer.scorecard"].search([], order="id").read()
        return rules, cards, self._dump()

    def _open(self, record, button="action_preview"):
        action = getattr(record.with_user(self.analyst), button)()
        return (
            self.env[action["res_model"]]
            .with_user(self.analyst)
            .browse(action["res_id"])
        )

    def _count(self, model, column):
        """Return ``{value: customers}`` as the screens have it."""
        figures = self.env[model]._read_group(
            [("company_id", "=", self.company.id), (column, "!=", False)],
            [column],
            ["__count"],
        )
        return {getattr(value, "id", value): count for value, count in figures}

    def assertPreviewed(self, preview, values, model):
        """Preview ``{part of the rule's name: number}``, apply it and compare."""
        for line in preview.line_ids:
            for text, value in values.items():
                if text in line.name:
                    line.value = value
        before = self._read_all()
        preview.action_preview()
        self.assertEqual(self._read_all(), before)
        with closing(self.env.cr.savepoint()):
            preview._write_rules()
            self.env.flush_all()
            preview._compare()
            figures = preview._get_figures()
            previewed = {
                (figure.column, when): preview._read_counts(figure, when)
                for figure in figures
                for when in ("before", "after")
            }
        self.env.invalidate_all(flush=False)
        self.assertEqual(self._read_all(), before)
        now = {f.column: self._get_counts(f, model) for f in figures}
        preview.action_apply()
        self._refresh(AS_OF)
        after = {f.column: self._get_counts(f, model) for f in figures}
        for figure in figures:
            column = figure.column
            self.assertEqual(previewed[column, "before"], now[column], column)
            self.assertEqual(previewed[column, "after"], after[column], column)
        self.assertNotEqual(now, after, "the change moves somebody")

    def _get_counts(self, figure, model):
        """Return the customers by range, from the rows that screens show."""
        if figure.classes:
            return self._count(model, figure.column)
        counts = {}
        for row in self.env[model].search([("company_id", "=", self.company.id)]):
            band = min(row[figure.column] // 20, 4)
            counts[band] = counts.get(band, 0) + 1
        return counts

    def test_cut_points(self):
        policy = self.policy.browse(self.policy.id)
        preview = self._open(policy)
        self.assertEqual(len(preview.line_ids), 12)
        self.assertPreviewed(
            preview,
            {"Monetary, score 5": 95, "Frequency, score 2": 5},
            "crm.customer.scorecard",
        )

    def test_cut_points_that_do_not_rise_are_refused(self):
        preview = self._open(self.policy.browse(self.policy.id))
        line = preview.line_ids.filtered(lambda li: "Monetary, score 5" in li.name)
        line.value = 1
        before = self._read_all()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            preview.action_preview()
        self.assertEqual(self._read_all(), before)

    def test_classes_and_tiers(self):
        policy = self.env["crm.profit.policy"]._ensure(self.company)
        self.assertPreviewed(
            self._open(policy),
            {"Class A": 30, "Class B": 60, "Tier C": 60, "Tier D": 20},
            "crm.scorecard.profitability",
        )

    def test_weights_of_the_parts(self):
        policy = self.policy.browse(self.policy.id)
        self.assertPreviewed(
            self._open(policy, "action_preview_weights"),
            {"Profitability": 9, "Profiling": 0},
            "crm.seven.p.score",
        )

    def test_churn_signs(self):
        signs = self.env["crm.churn.factor"]._ensure(self.company)
        signs = signs.filtered(lambda sign: sign.code in ("few_orders", "silence"))
        preview = self._open(signs)
        self.assertEqual(len(preview.line_ids), 6)
        self.assertPreviewed(
            preview, {"Long silence: Says most at": 1}, "crm.scorecard.persistency"
        )

    def test_salespeople_preview_nothing(self):
        policy = self.policy.browse(self.policy.id)
        preview = self._open(policy)
        for user in (self.seller, self.clerk):
            with self.assertRaises(AccessError):
                policy.with_user(user).action_preview()
            with self.assertRaises(AccessError):
                preview.with_user(user).action_apply()
