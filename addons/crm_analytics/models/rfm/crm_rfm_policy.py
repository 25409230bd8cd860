from odoo import Command, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...tools import month, rfm

METHODS = [("quantile", "Quantiles"), ("fixed", "Fixed values")]


class CrmRfmPolicy(models.Model):
    """How one company scores its customers, and how far its scores are up to date."""

    _name = "crm.rfm.policy"
    _description = "RFM Policy"
    _inherit = ["mail.thread", "crm.company.policy.mixin"]
    _rec_name = "company_id"
    _order = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    recency_method = fields.Selection(
        METHODS, required=True, default="quantile", tracking=True
    )
    frequency_method = fields.Selection(
        METHODS, required=True, default="quantile", tracking=True
    )
    monetary_method = fields.Selection(
        METHODS, required=True, default="quantile", tracking=True
    )
    cut_ids = fields.One2many("crm.rfm.cut", "policy_id", string="Cut points")
    recency_cut_ids = fields.One2many(
        "crm.rfm.cut", "policy_id", domain=[("dimension", "=", "recency")]
    )
    frequency_cut_ids = fields.One2many(
        "crm.rfm.cut", "policy_id", domain=[("dimension", "=", "frequency")]
    )
    monetary_cut_ids = fields.One2many(
        "crm.rfm.cut", "policy_id", domain=[("dimension", "=", "monetary")]
    )
    as_of_date = fields.Date(
        "Look at figures as of",
        tracking=True,
        help="Scores, segments and measures of this company take this day for today."
        " Leave it empty; set it only to look at a history that ended earlier.",
    )
    history_months = fields.Integer(
        "Months of history",
        default=12,
        help="How many month ends the first refresh works out in retrospect.",
    )

    # --- how far the scores are up to date
    watermark = fields.Datetime(readonly=True)
    refreshed_at = fields.Datetime("Last refresh", readonly=True)
    last_as_of = fields.Date("Scores as of", readonly=True)
    history_until = fields.Date("History until", readonly=True)
    is_stale = fields.Boolean(
        "Rules Changed",
        readonly=True,
        help="The rules changed after the last full refresh: the scores on the screen"
        " follow the former rules until the next one.",
    )
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")
    segmentation_id = fields.Many2one(
        "crm.segmentation",
        "Segmentation scheme",
        readonly=True,
        ondelete="set null",
        help="The scheme whose segments are the RFM groups of this company.",
    )

    _company_uniq = models.UniqueIndex(
        "(company_id)", "A company has one RFM policy: change the existing one."
    )
    _history_range = models.Constraint(
        "CHECK (history_months BETWEEN 0 AND 120)",
        "Between 0 and 120 months of history can be worked out.",
    )

    @api.depends("company_id")
    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.customer.scorecard"]._read_group(
                [("company_id", "in", self.company_id.ids)], ["company_id"], ["__count"]
            )
        )
        for policy in self:
            policy.customer_count = counts.get(policy.company_id, 0)

    @api.constrains(
        "cut_ids", "recency_cut_ids", "frequency_cut_ids", "monetary_cut_ids"
    )
    def _check_cuts(self):
        for policy in self:
            for dimension in rfm.DIMENSIONS:
                policy._check_dimension(dimension)

    @api.constrains("as_of_date")
    def _check_as_of_date(self):
        today = fields.Date.context_today(self)
        if self.filtered(lambda p: p.as_of_date and p.as_of_date > today):
            raise ValidationError(
                self.env._("Figures can be looked at as of today or an earlier day.")
            )

    def _check_dimension(self, dimension):
        """Refuse cut points of one dimension that do not rise with the score."""
        cuts = self.cut_ids.filtered(lambda c: c.dimension == dimension)
        cuts = cuts.sorted("score")
        label = dict(cuts._fields["dimension"]._description_selection(self.env))
        if cuts.mapped("score") != list(rfm.CUT_SCORES):
            raise ValidationError(
                self.env._(
                    "%(dimension)s needs one cut point for each of the scores 2 to 5.",
                    dimension=label[dimension],
                )
            )
        if not rfm.is_strictly_monotonic(cuts.mapped("percent")):
            raise ValidationError(
                self.env._(
                    "%(dimension)s: a higher score needs a higher percentage.",
                    dimension=label[dimension],
                )
            )
        falling = dimension == "recency"
        if not rfm.is_strictly_monotonic(cuts.mapped("value"), falling=falling):
            raise ValidationError(
                self.env._("Recency: a higher score needs fewer days.")
                if falling
                else self.env._(
                    "%(dimension)s: a higher score needs a higher fixed value.",
                    dimension=label[dimension],
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault(
                "cut_ids",
                [
                    Command.create(cut)
                    for cut in self.env["crm.rfm.cut"]._prepare_default_vals()
                ],
            )
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        rules = {"cut_ids", "as_of_date"}
        rules |= {f"{name}_method" for name in rfm.DIMENSIONS}
        rules |= {f"{name}_cut_ids" for name in rfm.DIMENSIONS}
        if rules & set(vals) and "is_stale" not in vals:
            vals = dict(vals, is_stale=True)
        if "as_of_date" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    # --- ACTIONS

    def action_preview(self):
        """Open the preview of a change of the cut points."""
        return self.env["crm.rule.preview"]._open("rfm", self)

    def action_view_scorecards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_customer_scorecard_action"
        )
        action["domain"] = [("company_id", "=", self.company_id.id)]
        return action

    def action_create_segments(self):
        """Make the RFM groups segments of this company; open the scheme."""
        self.ensure_one()
        if not self.segmentation_id:
            self.segmentation_id = self.env["crm.segmentation"].create(
                self._prepare_segmentation_vals()
            )
            self._translate_segments()
            self.segmentation_id._refresh()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.segmentation",
            "res_id": self.segmentation_id.id,
            "views": [[False, "form"]],
        }

    # --- BUSINESS

    def _prepare_segmentation_vals(self):
        groups = self.env["crm.rfm.group"].search([])
        return {
            "name": self.env._("RFM groups"),
            "company_id": self.company_id.id,
            "kind": "exclusive",
            "segment_ids": [
                Command.create(
                    {
                        "name": group.name,
                        "code": group.code.upper(),
                        "sequence": group.sequence,
                        "color": group.color,
                        "domain": f"[('rfm_group_id.code', '=', {group.code!r})]",
                    }
                )
                for group in groups
            ],
        }

    def _translate_segments(self):
        """Give the segments the names of their groups in every language."""
        groups = {
            group.code.upper(): group for group in self.env["crm.rfm.group"].search([])
        }
        for lang, _name in self.env["res.lang"].get_installed():
            for segment in self.segmentation_id.segment_ids.with_context(lang=lang):
                segment.name = groups[segment.code].with_context(lang=lang).name

    @api.model
    @tools.ormcache("company_id")
    def _get_as_of_date(self, company_id):
        """Return the day that the company takes for today, or False."""
        policies = self.sudo()  # style: CRM109 one date, asked by every figure
        return policies.search([("company_id", "=", company_id)]).as_of_date

    @api.model
    def _adopt_scheme(self, scheme_id):
        """Note the delivered scheme on the policy of its company; at installation."""
        scheme = self.env["crm.segmentation"].browse(scheme_id)
        self._ensure(scheme.company_id).segmentation_id = scheme

    def _get_bounds(self):
        """Return ``{dimension: [bounds of the scores 2 to 5]}`` in force."""
        self.ensure_one()
        bounds = {dimension: [] for dimension in rfm.DIMENSIONS}
        cuts = self.env["crm.rfm.cut"].search_fetch(
            [("policy_id", "=", self.id)],
            ["dimension", "is_reached", "bound", "bound_date"],
            order="score",
        )
        for cut in cuts:
            bounds[cut.dimension].append(cut._get_bound())
        return bounds

    def _get_parameters(self):
        """Return the rules and bounds as JSON data, for the record of a run."""
        self.ensure_one()
        return {
            dimension: {
                "method": self[f"{dimension}_method"],
                "bounds": [bound if bound is None else str(bound) for bound in bounds],
            }
            for dimension, bounds in self._get_bounds().items()
        }

    def _lock_for_refresh(self):
        """Let one refresh of a company run at a time."""
        self.ensure_one()
        if not self.try_lock_for_update():
            raise UserError(
                self.env._(
                    "The scorecards of %(company)s are being refreshed right now."
                    " Wait a minute and look again.",
                    company=self.company_id.name,
                )
            )

    def _mark_refreshed(self, watermark, as_of, *, full):
        """Record how far the scores are up to date."""
        self.write(
            {
                "watermark": watermark,
                "last_as_of": as_of,
                "refreshed_at": fields.Datetime.now(),
                "is_stale": self.is_stale and not full,
            }
        )

    def _get_missing_month_ends(self):
        """Return the month ends that the history still lacks, oldest first."""
        self.ensure_one()
        today = self.env["crm.sale.fact"]._get_today(self.company_id)
        until = month.last_closed_month_end(today)
        after = self.history_until or month.months_before(until, self.history_months)
        return month.month_ends_between(after, until)
