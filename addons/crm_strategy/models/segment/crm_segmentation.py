from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmSegmentation(models.Model):
    """Scheme that divides the customers into segments.

    In an exclusive scheme a customer is in one segment at most: the first one, in
    the order of the segments, whose rule he meets or in which he was put by hand.
    In a free scheme he is in every segment that applies to him.

    Memberships change by a refresh only (see ``crm_segment_refresh.py``) or by
    hand (``crm_segment_by_hand.py``), never by the mere edit of a rule.
    """

    _name = "crm.segmentation"
    _description = "Segmentation Scheme"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    # --- DEFINITION
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: the scheme applies to the customers of every company.",
    )
    kind = fields.Selection(
        [("exclusive", "One segment per customer"), ("free", "Any number of segments")],
        required=True,
        default="exclusive",
        tracking=True,
        help="One segment per customer: the first segment in the list that applies.",
    )
    is_salesperson_assignable = fields.Boolean(
        "Salespeople May Assign",
        help="Salespeople may put their own customers into the segments of this "
        "scheme, take them out and lock them.",
    )
    segment_ids = fields.One2many(
        "crm.segment", "segmentation_id", string="Segments", copy=True
    )

    # --- REFRESH
    date_refresh = fields.Datetime("Last Refresh", readonly=True, copy=False)
    refresh_state = fields.Selection(
        [
            ("idle", "Up to date"),
            ("queued", "Waiting"),
            ("running", "Running"),
            ("failed", "Failed"),
        ],
        default="idle",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    refresh_error = fields.Text("Why the Refresh Failed", readonly=True, copy=False)
    refresh_progress = fields.Integer(
        "Progress (%)",
        readonly=True,
        copy=False,
        aggregator=None,
        help="How much of the background run to which this scheme belongs is done.",
    )

    # --- FIGURES
    segment_count = fields.Integer(compute="_compute_segment_count")
    customer_count = fields.Integer("Customers", compute="_compute_customer_counts")
    unassigned_count = fields.Integer(
        "Not Assigned",
        compute="_compute_customer_counts",
        help="Customers that are in no segment of this scheme.",
    )

    # --- COMPUTE

    @api.depends("segment_ids")
    def _compute_segment_count(self):
        for scheme in self:
            scheme.segment_count = len(scheme.segment_ids)

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("company_id", "segment_ids")
    def _compute_customer_counts(self):
        """Count the customers that the reader may see."""
        assigned = dict(
            self.env["crm.segment.membership"]._read_group(
                [
                    ("segmentation_id", "in", self.ids),
                    ("date_end", "=", False),
                ],
                ["segmentation_id"],
                ["partner_id:count_distinct"],
            )
        )
        totals = {
            company: self._count_customers(company) for company in self.company_id
        }
        if any(not scheme.company_id for scheme in self):
            totals[self.env["res.company"]] = self._count_customers(None)
        for scheme in self:
            scheme.customer_count = assigned.get(scheme, 0)
            scheme.unassigned_count = max(
                0, totals[scheme.company_id] - scheme.customer_count
            )

    @api.model
    def _count_customers(self, company):
        """Return how many customers of ``company`` the reader may see."""
        return self.env["res.partner"].search_count(
            self.env["res.partner"]._get_customer_domain(company)
        )

    # --- CRUD

    def copy_data(self, default=None):
        """Name the copy so that it is not taken for the original."""
        vals_list = super().copy_data(default=default)
        if "name" not in (default or {}):
            for scheme, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", scheme.name)
        return vals_list

    def write(self, vals):
        """Archiving closes the memberships; a scheme with history stays where it is."""
        if "company_id" in vals:
            self._check_no_history_for_move(vals["company_id"])
        result = super().write(vals)
        if vals.get("active") is False:
            self.segment_ids._close_all("scheme_archived")
        return result

    def _check_no_history_for_move(self, company_id):
        moved = self.filtered(lambda scheme: scheme.company_id.id != company_id)
        if moved and moved._has_history():
            raise UserError(
                self.env._(
                    "%(schemes)s already placed customers and so keeps its company. "
                    "Duplicate it and choose the other company on the copy.",
                    schemes=", ".join(moved.mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        """Keep schemes that placed customers: their history would go with them."""
        if self._has_history():
            raise UserError(
                self.env._(
                    "%(schemes)s already placed customers, and its history would be "
                    "lost. Archive it instead: its customers leave, the history stays.",
                    schemes=", ".join(self.mapped("name")),
                )
            )

    def _has_history(self):
        """Return whether any customer, seen by the reader or not, was ever placed."""
        memberships = self.env["crm.segment.membership"]
        return bool(
            memberships.sudo().search_count(  # style: CRM109 whole history, yes or no
                [("segmentation_id", "in", self.ids)], limit=1
            )
        )

    # --- ACTIONS

    def action_open_customers(self):
        """Open the customers that are in a segment of these schemes."""
        return self.segment_ids.action_open_customers()

    def action_open_unassigned(self):
        """Open the customers that are in no segment of this scheme."""
        self.ensure_one()
        partners = self.env["res.partner"]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.res_partner_action_customer"
        )
        action["name"] = self.env._("Not in %s", self.name)
        action["domain"] = [
            ("is_crm_customer", "=", True),
            ("company_id", "in", partners._get_customer_company_ids(self.company_id)),
            ("segment_ids", "not in", self.segment_ids.ids),
        ]
        if not self.company_id:
            del action["domain"][1]
        return action

    def action_open_memberships(self):
        """Open the history of who was in which segment when."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_segment_membership_action"
        )
        action["domain"] = [("segmentation_id", "=", self.id)]
        return action
