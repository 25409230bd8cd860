from odoo import api, fields, models

KINDS = [
    ("csat", "CSAT"),
    ("nps", "NPS"),
    ("ces", "CES"),
]


class CrmSatisfactionScore(models.Model):
    """What one customer answered, with what it was about as it stood that day.

    Made by the system from a finished answer (``crm.satisfaction.request``), one
    per answer; people read it and follow it up. How the numbers are read stands in
    ``tools/satisfaction.py``.
    """

    _name = "crm.satisfaction.score"
    _description = "Satisfaction Score"
    _inherit = [
        "crm.satisfaction.context.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _mail_post_access = "read"

    # Answer
    kind = fields.Selection(KINDS, required=True, readonly=True)
    value = fields.Integer(
        "Answer",
        readonly=True,
        aggregator="avg",
        help="The value as given by the customer: CSAT 1-5, NPS 0-10, CES 1-7.",
    )
    score = fields.Float(
        readonly=True,
        aggregator="avg",
        help="On a scale from 0 (worst) to 100 (best), so that the kinds of score "
        "can be compared.",
    )
    nps_class = fields.Selection(
        [
            ("promoter", "Promoter"),
            ("passive", "Passive"),
            ("detractor", "Detractor"),
        ],
        "NPS Class",
        readonly=True,
        help="Promoters answered 9 or 10, detractors 0 to 6.",
    )
    is_low = fields.Boolean("Low", readonly=True)
    comment = fields.Text(readonly=True)
    date = fields.Datetime("Answered On", required=True, readonly=True)

    # Who
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        string="Segments",
        readonly=True,
        groups="crm_service.group_manager,crm_strategy.group_user",
        help="The segments of the customer at the time of the answer.",
    )

    product_ids = fields.Many2many("product.product", string="Products", readonly=True)
    product_tmpl_ids = fields.Many2many(
        "product.template",
        string="Product Templates",
        compute="_compute_product_tmpl_ids",
        store=True,
    )

    # Where it comes from, what it led to
    rule_id = fields.Many2one(
        "crm.satisfaction.rule", readonly=True, index="btree_not_null"
    )
    request_id = fields.Many2one(
        "crm.satisfaction.request",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    user_input_id = fields.Many2one(
        "survey.user_input",
        "Full Answer",
        required=True,
        readonly=True,
        ondelete="cascade",
        groups="survey.group_survey_user",
    )
    followed_up_on = fields.Datetime(
        readonly=True, copy=False, help="When the to-do or the complaint was created."
    )
    new_complaint_id = fields.Many2one(
        "crm.complaint",
        "New Complaint Created",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    _changed_idx = models.Index("(write_date)")
    _answer_uniq = models.UniqueIndex(
        "(user_input_id)", "An answer can give only one score."
    )
    _date_idx = models.Index("(company_id, kind, date)")

    @api.depends("kind", "value", "commercial_partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for score in self:
            score.display_name = self.env._(
                "%(kind)s %(value)s: %(customer)s",
                kind=kinds.get(score.kind, ""),
                value=score.value,
                customer=score.commercial_partner_id.display_name,
            )

    @api.depends("product_ids")
    def _compute_product_tmpl_ids(self):
        for score in self:
            score.product_tmpl_ids = score.product_ids.product_tmpl_id

    @api.model_create_multi
    def create(self, vals_list):
        """Answers need no line “created” in their history."""
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        return super(CrmSatisfactionScore, quiet).create(vals_list).with_env(self.env)

    @api.ondelete(at_uninstall=False)
    def _unlink_tell_lifecycle(self):
        self._queue_customers()

    # --- BUSINESS

    def _on_created(self):
        """What a new score sets in motion: the lifecycle, and help where it is low."""
        self._queue_customers()
        self.filtered("is_low")._follow_up_low()

    def _queue_customers(self):
        """Let the lifecycle look at these customers again: they may be loyal now."""
        queue = self.env["crm.lifecycle.queue"].sudo()  # style: CRM109 fixed rows
        queue._push(self.commercial_partner_id)
