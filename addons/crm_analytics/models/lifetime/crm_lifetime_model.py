from odoo import api, fields, models

from odoo.addons.crm_strategy.tools.notification import RELOAD


class CrmLifetimeModel(models.Model):
    """What was learned, on one day, from the purchases of one company's customers.

    Two models are fitted: BG/NBD tells how many purchases are to come, Gamma-Gamma what
    is spent on one (``tools/bg_nbd.py``, ``tools/gamma_gamma.py``). A purchase is a day
    with at least one confirmed order; time counts in weeks of the company's days.
    Where data are too few, or a model does not converge, a simple rate takes its place
    (``tools/lifetime.py``), and the record says why. Each record proves itself by a
    check: what would have been expected of the last months from the data before them.

    One record per company is current: its figures are those of the scorecards.
    """

    _name = "crm.lifetime.model"
    _description = "Lifetime Model"
    _order = "id desc"
    _rec_name = "as_of"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_current = fields.Boolean(
        "Current",
        readonly=True,
        help="The scorecards of the company show the figures of this model.",
    )
    state = fields.Selection(
        [
            ("fitted", "Fitted"),
            ("fallback", "Simple Rate"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="fitted",
    )
    reason = fields.Selection(
        [
            ("few", "Fewer than 100 customers bought again"),
            ("not_converged", "The search found no best parameters"),
            ("at_bound", "The customers do not differ as the model expects"),
            ("error", "An error"),
        ],
        readonly=True,
        help="Why there is no fitted model.",
    )
    error = fields.Text(readonly=True)
    user_id = fields.Many2one(
        "res.users", "Started by", readonly=True, default=lambda self: self.env.user
    )
    duration = fields.Float("Duration (s)", digits=(16, 3), readonly=True)

    # --- data
    as_of = fields.Date("Data up to", required=True, readonly=True)
    date_from = fields.Date(
        "Data from", readonly=True, help="The day of the first purchase."
    )
    customer_count = fields.Integer("Customers", readonly=True)
    repeat_count = fields.Integer(
        "Bought again",
        readonly=True,
        help="Customers with purchases on two days or more.",
    )

    # --- parameters
    r = fields.Float("r", digits=(16, 4), readonly=True, help="Shape of the rates.")
    alpha = fields.Float(
        digits=(16, 4), readonly=True, help="Scale of the rates, in weeks."
    )
    a = fields.Float(
        "a", digits=(16, 4), readonly=True, help="Of the probability of leaving."
    )
    b = fields.Float(
        "b", digits=(16, 4), readonly=True, help="Of the probability of leaving."
    )
    log_likelihood = fields.Float(
        "Log-likelihood",
        digits=(16, 1),
        readonly=True,
        help="How likely the purchases are with these parameters; of models of the same"
        " data, the higher one fits better.",
    )
    p = fields.Float("p", digits=(16, 4), readonly=True, help="Shape of the amounts.")
    q = fields.Float(
        "q", digits=(16, 4), readonly=True, help="Shape of the mean amounts."
    )
    gamma = fields.Float(
        digits=(16, 4), readonly=True, help="Scale of the mean amounts."
    )
    value_log_likelihood = fields.Float(
        "Log-likelihood of the amounts", digits=(16, 1), readonly=True
    )
    order_value = fields.Monetary(
        "Mean amount of a purchase",
        readonly=True,
        help="Of all customers, each one's mean counting once.",
    )
    margin_percent = fields.Float(
        "Margin (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Margin by revenue of all customers.",
    )

    # --- check
    check_date = fields.Date(
        "Checked as of",
        readonly=True,
        help="What would have been expected on this day is compared with what came.",
    )
    check_actual = fields.Integer("Actual purchases", readonly=True)
    check_expected = fields.Float(
        "Expected purchases", digits=(16, 1), readonly=True, aggregator="sum"
    )
    check_simple = fields.Float(
        "By the simple rate", digits=(16, 1), readonly=True, aggregator="sum"
    )
    check_deviation = fields.Float(
        "Deviation (%)",
        digits=(16, 1),
        compute="_compute_check_deviation",
        help="Expected purchases above (+) or below (-) the actual ones.",
    )
    check_deviation_simple = fields.Float(
        "Deviation of the simple rate (%)",
        digits=(16, 1),
        compute="_compute_check_deviation",
    )
    check_ids = fields.One2many("crm.lifetime.check", "model_id", "Expected and Actual")

    _current_uniq = models.UniqueIndex(
        "(company_id) WHERE is_current", "One model of a company is current."
    )

    @api.depends("check_actual", "check_expected", "check_simple")
    def _compute_check_deviation(self):
        for model in self:
            actual = model.check_actual
            for target, expected in (
                ("check_deviation", model.check_expected),
                ("check_deviation_simple", model.check_simple),
            ):
                model[target] = 100.0 * (expected / actual - 1.0) if actual else 0.0

    @api.depends("company_id.name", "as_of")
    def _compute_display_name(self):
        for model in self:
            day = fields.Date.to_string(model.as_of) or ""
            model.display_name = f"{model.company_id.name} {day}"

    # --- ACTIONS

    @api.model
    def action_fit_now(self):
        """Fit a model for each of the user's companies; from the list."""
        self.check_access("write")
        self._fit(self.env.companies)
        return RELOAD

    def action_fit(self):
        """Fit a new model for the company of this one, and show it."""
        self.ensure_one()
        self.check_access("write")
        model = self._fit(self.company_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": model.id,
            "views": [[False, "form"]],
        }

    def action_view_check(self):
        """Open what was expected of the check, beside what came."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_lifetime_check_action"
        )
        return {**action, "domain": [("model_id", "=", self.id)]}

    # --- BUSINESS

    @api.model
    def _get_current(self, company):
        """Return the model whose figures the scorecards of ``company`` show."""
        models_ = self.sudo()  # style: CRM109 parameters of a company's figures
        return models_.search(
            [("company_id", "=", company.id), ("is_current", "=", True)], limit=1
        )

    @api.model
    def _cron_fit(self):
        """Fit a model for every company, each committed for itself."""
        companies = self.env["res.company"].search([])
        self.env["crm.job.pass"]._cron_work_off(
            self._name, companies.ids, lambda ref: self._fit(companies.browse(ref))
        )
