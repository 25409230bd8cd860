from odoo import api, fields, models

from odoo.addons.crm_strategy.tools.notification import RELOAD


class CrmChurnBacktest(models.Model):
    """How well the churn tendency of a company would have told who stopped buying.

    The score is worked out as of a day in the past, by the weights of today and by what
    was known then, and compared with who bought in the months after it. Beside it
    stands the plain rank by recency and frequency, which any score must reach: where it
    stays behind, the scorecards show the plain one instead.
    """

    _name = "crm.churn.backtest"
    _description = "Back-Test of the Churn Tendency"
    _inherit = ["crm.run.parameter.mixin"]
    _order = "id desc"
    _rec_name = "as_of"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [("done", "Done"), ("lacking", "Not Enough Data"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="done",
    )
    error = fields.Text(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Started by", readonly=True, default=lambda self: self.env.user
    )
    duration = fields.Float("Duration (s)", digits=(16, 3), readonly=True)
    as_of = fields.Date(
        "Scored as of",
        required=True,
        readonly=True,
        help="Nothing that came later was known to the score.",
    )
    date_to = fields.Date("Watched until", required=True, readonly=True)
    customer_count = fields.Integer(
        "Customers",
        readonly=True,
        help="Those who had bought in the 24 months before.",
    )
    stopped_count = fields.Integer(
        "Stopped",
        readonly=True,
        help="Those who did not buy in the months watched.",
    )
    auc = fields.Float(
        "AUC of the score",
        digits=(16, 3),
        readonly=True,
        aggregator="avg",
        help="How often somebody who stopped scored higher than somebody who went on:"
        " 1 always, 0.5 by chance.",
    )
    auc_plain = fields.Float(
        "AUC of the plain rank",
        digits=(16, 3),
        readonly=True,
        aggregator="avg",
        help="The same of the rank by days since the last purchase and by number of"
        " purchases alone.",
    )
    is_plain_used = fields.Boolean(
        "Plain rank used",
        readonly=True,
        help="The score stays behind the plain rank: the scorecards show the plain"
        " rank.",
    )
    lift = fields.Float(
        "Lift of the first tenth",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Share of those who stopped among the tenth with the highest scores, by"
        " their share among all.",
    )
    steps = fields.Json(readonly=True)
    line_ids = fields.One2many("crm.churn.backtest.line", "backtest_id", "Tenths")

    @api.depends("company_id.name", "as_of")
    def _compute_display_name(self):
        for test in self:
            day = fields.Date.to_string(test.as_of) or ""
            test.display_name = f"{test.company_id.name} {day}"

    def _get_parameter_lines(self, parameters):
        """Add the signs and how much each counted."""
        signs = self._get_labels("crm.churn.factor", "code")
        units = self.env["crm.churn.factor"]._get_units()
        return [
            *super()._get_parameter_lines(parameters),
            *(
                (
                    signs.get(sign["code"], sign["code"]),
                    self._get_sign_text(sign, units.get(sign["code"])),
                )
                for sign in parameters
            ),
        ]

    # --- ACTIONS

    @api.model
    def action_run_now(self):
        """Test the scores of the user's companies; from the list."""
        self.check_access("write")
        self._run(self.env.companies)
        return RELOAD

    def action_run(self):
        """Test the scores of this company anew, and show the result."""
        self.ensure_one()
        self.check_access("write")
        test = self._run(self.company_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": test.id,
            "views": [[False, "form"]],
        }

    def action_view_lines(self):
        """Open the tenths as a chart."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_churn_backtest_line_action"
        )
        return {**action, "domain": [("backtest_id", "=", self.id)]}

    # --- BUSINESS

    @api.model
    def _get_last(self, company):
        """Return the last test of ``company`` that came to a result."""
        tests = self.sudo()  # style: CRM109 decides which score is shown
        domain = [("company_id", "=", company.id), ("state", "=", "done")]
        return tests.search(domain, limit=1)

    @api.model
    def _cron_run(self):
        """Test the scores of every company, each committed for itself."""
        companies = self.env["res.company"].search([])
        self.env["crm.job.pass"]._cron_work_off(
            self._name, companies.ids, lambda ref: self._run(companies.browse(ref))
        )
