from odoo import api, fields, models

from ...tools.lifecycle import STAGES


class CrmLifecycleTransition(models.Model):
    """Stay of a customer in a lifecycle state, from one instant to another.

    A row says how he came there: from which state, when and why, with the facts on
    that day. The row without end is the present. The refresh writes these rows, and a
    manager who sets a state by hand; nobody edits history.
    """

    _name = "crm.lifecycle.transition"
    _inherit = ["crm.sums.mixin"]
    _description = "Lifecycle Transition"
    _order = "date_start desc, id desc"
    _rec_name = "partner_id"

    # --- WHO AND WHERE
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    state = fields.Selection("_selection_state", required=True, readonly=True)
    previous_state = fields.Selection(
        "_selection_state",
        "Came from",
        readonly=True,
        help="Empty: the customer's first state.",
    )
    next_state = fields.Selection(
        "_selection_state", "Moved To", readonly=True, help="Empty: still there."
    )
    stage = fields.Selection(
        "_selection_stage",
        compute="_compute_stage",
        help="Attract prospects, acquire the interested, manage buying customers, "
        "retain the loyal ones and win back the lapsed.",
    )

    # --- WHEN AND WHY
    date_start = fields.Datetime("Since", required=True, readonly=True)
    date_end = fields.Datetime("Until", readonly=True)
    days_previous = fields.Float(
        "Days in the State before",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="How long the customer had been in the previous state.",
    )
    reason = fields.Selection(
        [
            ("no_contact", "No enquiry, no order"),
            ("contact_over", "Last enquiry is too long ago"),
            ("open_lead", "Has an open lead or opportunity"),
            ("recent_contact", "Enquired or was quoted lately"),
            ("first_purchase", "Ordered for the first time"),
            ("purchases", "Orders, but is not loyal"),
            ("loyal", "Meets the conditions of loyalty"),
            ("silent", "Has not ordered for too long"),
            ("manual", "Set by hand"),
        ],
        readonly=True,
        required=True,
    )
    explanation = fields.Char(compute="_compute_explanation")
    method = fields.Selection(
        [
            ("rule", "By rule"),
            ("manual", "By hand"),
            ("reconstructed", "Worked out afterwards"),
        ],
        "How",
        required=True,
        readonly=True,
        help="Worked out afterwards: the step lies before the first refresh; its date "
        "was derived from orders and enquiries.",
    )
    end_reason = fields.Selection(
        [
            ("moved", "Moved to another state"),
            ("customer_archived", "Customer archived"),
            ("not_customer", "No longer a customer of its own"),
            ("other_company", "Now belongs to another company"),
            ("merged", "Merged with another contact"),
        ],
        "Why It Ended",
        readonly=True,
    )
    note = fields.Char(readonly=True)
    set_user_id = fields.Many2one("res.users", "Set By", readonly=True)
    is_locked = fields.Boolean(
        "Set by Hand, Kept",
        readonly=True,
        help="Meanwhile the rules do not move the customer.",
    )
    lock_until = fields.Date("Kept Until", readonly=True)

    # --- FACTS ON THAT DAY
    order_count = fields.Integer("Orders", readonly=True, aggregator="avg")
    tenure_days = fields.Integer(
        "Days since the First Order", readonly=True, aggregator="avg"
    )
    silent_days = fields.Integer(
        "Days since the Last Order", readonly=True, aggregator="avg"
    )
    mean_interval = fields.Float(
        "Mean Days between Orders", digits=(16, 1), readonly=True, aggregator="avg"
    )
    contact_days = fields.Integer(
        "Days since the Last Enquiry", readonly=True, aggregator="avg"
    )
    satisfaction = fields.Float(readonly=True, aggregator="avg")
    date_due = fields.Date(
        "Next Check On",
        readonly=True,
        help="The day on which time alone may change the state.",
    )

    _one_open = models.UniqueIndex(
        "(partner_id, company_id) WHERE date_end IS NULL",
        "This customer has a lifecycle state in this company already.",
    )
    _present = models.Index(
        "(company_id, state) INCLUDE (partner_id) WHERE date_end IS NULL"
    )
    _due = models.Index("(company_id, date_due) WHERE date_end IS NULL")
    _steps = models.Index("(company_id, date_start, state)")
    _end_after_start = models.Constraint(
        "CHECK (date_end >= date_start)", "A stay must end after it has begun."
    )

    # --- COMPUTE

    @api.depends("state")
    def _compute_stage(self):
        for stay in self:
            stay.stage = STAGES.get(stay.state)

    @api.depends("reason", "note", "order_count", "silent_days", "contact_days")
    def _compute_explanation(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for stay in self:
            parts = [labels.get(stay.reason), *stay._get_fact_texts()]
            stay.explanation = "; ".join(part for part in parts if part)

    def _get_fact_texts(self):
        """Return the facts of that day that bear on the state, in words."""
        self.ensure_one()
        if self.method == "manual" or (self.method != "rule" and self.date_end):
            return [self.note]
        texts = []
        if self.order_count:
            texts = [
                self.env._("1 order")
                if self.order_count == 1
                else self.env._("%s orders", self.order_count),
                self.env._("customer for %s days", self.tenure_days),
                self.env._("last order %s days ago", self.silent_days),
            ]
            if self.mean_interval:
                texts.append(
                    self.env._("one every %s days", round(self.mean_interval, 1))
                )
        elif self.reason in ("contact_over", "recent_contact"):
            texts = [self.env._("last enquiry %s days ago", self.contact_days)]
        return [*texts, self.note]

    # --- SELECTION

    @api.model
    def _selection_state(self):
        return [
            ("prospect", self.env._("Prospect")),
            ("interested", self.env._("Interested")),
            ("buying", self.env._("Buying")),
            ("loyal", self.env._("Loyal")),
            ("lapsed", self.env._("Lapsed")),
        ]

    @api.model
    def _selection_stage(self):
        return [
            ("attract", self.env._("Attract")),
            ("acquire", self.env._("Acquire")),
            ("manage", self.env._("Manage")),
            ("retain", self.env._("Retain")),
        ]

    # --- BUSINESS

    def _close(self, reason, next_state=False):
        """End these stays now; ``next_state`` is where the customer went."""
        now = fields.Datetime.now()
        for stay in self:
            stay.write(
                {
                    "date_end": max(now, stay.date_start),
                    "end_reason": reason,
                    "next_state": next_state,
                    "is_locked": False,
                    "date_due": False,
                }
            )
        self.flush_recordset()  # the unique index sees them before new ones come
