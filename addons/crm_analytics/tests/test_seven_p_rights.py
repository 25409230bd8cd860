from odoo.exceptions import AccessError
from odoo.tests import tagged

from .seven_p_common import SevenPCommon

AS_OF = "2026-06-30"
#: What a refused button may not have written
TRACES = (
    "crm.scorecard.run",
    "crm.seven.p.preview",
    "crm.lifetime.model",
    "crm.churn.backtest",
    "crm.affinity.run",
    "crm.next.best.offer",
    "crm.credit.assessment",
)
#: Buttons of the rules of a company
POLICY_BUTTONS = {
    "crm.rfm.policy": ("action_refresh", "action_create_segments"),
    "crm.profit.policy": ("action_propose", "action_forget_bounds"),
    "crm.affinity.policy": ("action_refresh", "action_propose"),
    "crm.credit.policy": ("action_assess",),
}


@tagged("post_install", "-at_install")
class TestSevenPRights(SevenPCommon):
    """A salesperson reads; what refreshes, fits, proposes or previews is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._create_customer("Bauxite", user_id=cls.seller.id)
        cls._create_order(cls.customer, "2026-02-10", 100.0)
        cls._create_order(cls.customer, "2026-03-10", 100.0)
        cls._refresh(AS_OF)

    def _read_traces(self):
        """Return all that a button could have changed."""
        self.env.flush_all()
        self.env.invalidate_all()
        counts = {
            name: self.env[name].with_context(active_test=False).search_count([])
            for name in TRACES
        }
        rules = [
            self.env[name].search([("company_id", "=", self.company.id)]).read()
            for name in (*POLICY_BUTTONS, "crm.scorecard.factor")
        ]
        return counts, rules, self._dump()

    def assertRefused(self, user, record, name):
        before = self._read_traces()
        with self.subTest(button=f"{record._name}.{name}"):
            with self.assertRaises(AccessError):
                getattr(record.with_user(user), name)()
            self.assertEqual(self._read_traces(), before)

    def _get_buttons(self):
        """Yield ``(record, method)`` of every button of an analyst."""
        for model, names in POLICY_BUTTONS.items():
            policy = self.env[model]._ensure(self.company)
            for name in names:
                yield self.env[model].browse(policy.id), name
        factors = self.env["crm.scorecard.factor"]
        yield factors.browse(self.factors[:2].ids), "action_propose"
        yield factors.browse(self.factors[:2].ids), "action_preview"
        model = self.env["crm.lifetime.model"].create(
            {"company_id": self.company.id, "as_of": AS_OF}
        )
        yield model.browse(model.id), "action_fit"
        yield model.browse(), "action_fit_now"
        test = self.env["crm.churn.backtest"].create(
            {"company_id": self.company.id, "as_of": AS_OF, "date_to": AS_OF}
        )
        yield test.browse(test.id), "action_run"
        yield test.browse(), "action_run_now"
        yield self.env["crm.seven.p.board"], "refresh"

    def test_buttons_are_refused_and_change_nothing(self):
        for record, name in self._get_buttons():
            for user in (self.seller, self.clerk):
                self.assertRefused(user, record, name)

    def test_a_preview_of_an_analyst_is_nobody_elses(self):
        factors = self.factors[:2].with_user(self.analyst)
        preview = self.env["crm.seven.p.preview"].browse(
            factors.action_preview()["res_id"]
        )
        preview.line_ids.weight = 7
        for name in ("action_preview", "action_apply"):
            self.assertRefused(self.seller, preview, name)
        self.assertNotEqual(self.factors[0].weight, 7)
        foreign = self.env["crm.seven.p.preview"].with_user(self.analyst)
        foreign = foreign.create({"company_id": self.other_company.id})
        with self.assertRaises(AccessError):
            foreign.action_preview()

    def test_analysts_may(self):
        for record, name in (
            (self.policy.browse(self.policy.id), "action_refresh"),
            (self.factors.browse(self.factors[:2].ids), "action_propose"),
            (self.env["crm.seven.p.board"], "refresh"),
        ):
            with self.subTest(button=name):
                getattr(record.with_user(self.analyst), name)()

    # --- FIGURES OF THE WHOLE COMPANY

    def test_the_contribution_share_is_for_those_who_see_everybody(self):
        name = "contribution_share"
        for model in ("crm.scorecard.profitability", "crm.seven.p.report"):
            for user, may in (
                (self.seller, False),
                (self.manager, True),
                (self.analyst, True),
            ):
                rows = self.env[model].with_user(user)
                self.assertEqual(name in rows.fields_get([name]), may)
                if may:
                    rows.search_read([], [name])
                    continue
                for look in (
                    lambda rows: rows.search_read([], [name]),
                    lambda rows: rows.search([(name, ">", 0)]),
                    lambda rows: rows.search([], order=name),
                    lambda rows: rows._read_group([], [], [f"{name}:sum"]),
                ):
                    with self.assertRaises(AccessError):
                        look(rows)

    def test_the_board_leaves_the_contribution_share_out(self):
        for user, may in ((self.seller, False), (self.manager, True)):
            board = self.env["crm.seven.p.board"].with_user(user)
            page = board.get_board("customer", self.customer.id, self.company.id)
            self.assertEqual("contribution_share" in str(page), may)

    def test_it_counts_in_no_score(self):
        """The explanation of a score shows the figures that count to everybody."""
        known = self.env["crm.scorecard.factor"]._get_columns("profitability")
        self.assertNotIn("contribution_share", known)
        self.assertIn("contribution", known)
