import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import sales_history_states

STATES = [
    ("draft", "To Check"),
    ("validated", "Checked"),
    ("queued", "Waiting"),
    ("running", "Loading"),
    ("done", "Done"),
    ("rejects", "Done with Rejects"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
    ("undoing", "Undoing"),
    ("undone", "Undone"),
]


class CrmSalesHistoryImport(models.Model):
    """One file of orders of another system, on its way into this database.

    Checked first (``crm_sales_history_check``), then loaded in the background in
    batches (``crm_sales_history_load``), and undone as a whole if wished
    (``crm_sales_history_undo``). An order is loaded whole or not at all.

    Keys. Customers and products keep their key of the former system as an
    external ID, as the host does: there may be many systems, and merging two
    customers moves the key to the one that stays. Orders are never merged and
    come in hundreds of thousands: their key is a column with a unique index.
    """

    _name = "crm.sales.history.import"
    _description = "Sales History Import"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    # What stays as it is once the file was checked.
    _INPUT_FIELDS = {
        "file",
        "file_name",
        "company_id",
        "source",
        "create_customers",
        "create_products",
        "match_reference",
    }

    name = fields.Char(required=True, default=lambda self: self.env._("New Import"))
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        ondelete="cascade",
    )
    file = fields.Binary("CSV File", attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    source = fields.Char(
        "Former System",
        required=True,
        default="history",
        help="Short name of the system that the file comes from: lower-case letters, "
        "digits and underscores. Keys of customers, products and orders are unique "
        "within it, so two systems may use the same numbers.",
    )
    create_customers = fields.Boolean(
        "Create Missing Customers",
        default=lambda self: self.env["res.partner"].has_access("create"),
    )
    create_products = fields.Boolean(
        "Create Missing Products",
        default=lambda self: self.env["product.product"].has_access("create"),
        help="New products are services, so history never touches the stock.",
    )
    match_reference = fields.Boolean(
        "Find by Reference",
        default=True,
        help="A key that is not known yet also finds the customer of that Reference "
        "and the product of that Internal Reference.",
    )
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False, tracking=True
    )
    allowed_actions = fields.Char(compute="_compute_allowed_actions")

    # Report of the check
    line_count = fields.Integer("Lines", readonly=True, copy=False)
    order_count = fields.Integer("Orders", readonly=True, copy=False)
    valid_order_count = fields.Integer("Orders to Load", readonly=True, copy=False)
    known_order_count = fields.Integer("Orders Known", readonly=True, copy=False)
    customer_count = fields.Integer("Customers", readonly=True, copy=False)
    new_customer_count = fields.Integer("New Customers", readonly=True, copy=False)
    product_count = fields.Integer("Products", readonly=True, copy=False)
    new_product_count = fields.Integer("New Products", readonly=True, copy=False)
    amount_summary = fields.Text("Amounts to Load", readonly=True, copy=False)
    problem_summary = fields.Text("Problems", readonly=True, copy=False)
    ignored_columns = fields.Char(readonly=True, copy=False)
    date_first = fields.Date("First Order Date", readonly=True, copy=False)
    date_last = fields.Date("Last Order Date", readonly=True, copy=False)

    # Progress and result
    created_count = fields.Integer("Orders Created", readonly=True, copy=False)
    updated_count = fields.Integer("Orders Updated", readonly=True, copy=False)
    unchanged_count = fields.Integer("Orders Unchanged", readonly=True, copy=False)
    refused_count = fields.Integer("Orders Refused", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    rejected_line_count = fields.Integer(compute="_compute_counts")
    loaded_order_count = fields.Integer(compute="_compute_counts")
    loaded_customer_count = fields.Integer(compute="_compute_counts")
    date_started = fields.Datetime(readonly=True, copy=False)
    date_finished = fields.Datetime(readonly=True, copy=False)
    error = fields.Text(readonly=True, copy=False)
    rejects_file = fields.Binary("Rejected Lines", attachment=True, copy=False)

    # What the import created, for its undoing
    created_partner_ids = fields.Many2many(
        "res.partner",
        relation="crm_sales_history_import_partner_rel",
        string="Customers Created",
        copy=False,
        context={"active_test": False},
    )
    created_product_ids = fields.Many2many(
        "product.product",
        relation="crm_sales_history_import_product_rel",
        string="Products Created",
        copy=False,
        context={"active_test": False},
    )
    created_category_ids = fields.Many2many(
        "product.category",
        relation="crm_sales_history_import_category_rel",
        string="Product Categories Created",
        copy=False,
    )

    @api.depends("state")
    def _compute_allowed_actions(self):
        for job in self:
            job.allowed_actions = " ".join(
                sales_history_states.allowed_actions(job.state)
            )

    @api.depends(
        "state",
        "valid_order_count",
        "created_count",
        "updated_count",
        "unchanged_count",
        "refused_count",
    )
    def _compute_progress(self):
        for job in self:
            handled = job._get_handled_count()
            finished = job.state in ("done", "rejects")
            total = job.valid_order_count
            job.progress = 100.0 if finished else 100.0 * handled / (total or 1)

    @api.depends("state", "created_count", "refused_count", "problem_summary")
    def _compute_counts(self):
        lines = dict(
            self.env["crm.sales.history.line"]._read_group(
                [("import_id", "in", self.ids), ("reason_code", "!=", False)],
                ["import_id"],
                ["__count"],
            )
        )
        orders = {
            job: (count, customers)
            for job, count, customers in self.env["sale.order"]._read_group(
                [("sales_history_import_id", "in", self.ids)],
                ["sales_history_import_id"],
                ["__count", "partner_id:count_distinct"],
            )
        }
        for job in self:
            job.rejected_line_count = lines.get(job, 0)
            job.loaded_order_count, job.loaded_customer_count = orders.get(job, (0, 0))

    @api.constrains("source")
    def _check_source(self):
        for job in self:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", job.source or ""):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot name a former system: use up to 32 "
                        "lower-case letters, digits and underscores, like old_erp.",
                        name=job.source,
                    )
                )

    @api.onchange("file_name")
    def _onchange_file_name(self):
        if self.file_name and self.name == self.env._("New Import"):
            self.name = self.file_name

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_created_fields(vals)
        return super().create(vals_list)

    @api.model
    def _check_created_fields(self, vals):
        """Nobody tells an import what it created: undoing deletes it as the system."""
        if any(name.startswith("created_") and name.endswith("_ids") for name in vals):
            raise AccessError(
                self.env._(
                    "An import notes by itself which customers and products it "
                    "created. Leave these fields out."
                )
            )

    def write(self, vals):
        self._check_created_fields(vals)
        if self._INPUT_FIELDS & vals.keys() and any(j.state != "draft" for j in self):
            raise UserError(
                self.env._(
                    "The file and the options cannot change after the check. Set the "
                    "import back to draft, or make a new import."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        in_use = self.filtered(lambda job: "undo" in job.allowed_actions.split())
        if self.filtered("loaded_order_count") or in_use.filtered(
            "created_partner_ids"
        ):
            raise UserError(
                self.env._(
                    "An import that loaded orders or customers is their only way "
                    "back: undo it first."
                )
            )
        if self.filtered(lambda job: job.state in sales_history_states.WORKING_STATES):
            raise UserError(self.env._("Cancel the import before you delete it."))

    # --- ACTIONS ---

    def action_validate(self):
        """Read and check the whole file; nothing is loaded yet."""
        self._do_action("validate")
        return True

    def action_reset(self):
        """Forget the check, so that file and options can be changed."""
        self._do_action("reset")
        return True

    def action_queue(self):
        """Load the good orders in the background; also resumes after a stop."""
        self._do_action("queue")
        return True

    def action_cancel(self):
        """Stop loading. What was loaded stays until it is undone."""
        self._do_action("cancel")
        return True

    def action_undo(self):
        """Remove everything that the import created, in the background."""
        self._do_action("undo")
        return True

    def action_open_orders(self):
        """Open the orders that the import created."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        action["domain"] = [("sales_history_import_id", "in", self.ids)]
        action["context"] = {"create": False}
        return action

    def action_open_customers(self):
        """Open the customers of the orders that the import created."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers"),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("sale_order_ids.sales_history_import_id", "in", self.ids)],
            "context": {"active_test": False, "create": False},
        }

    def action_open_rejects(self):
        """Open the lines that were not loaded, with the reason of each."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_sales_history_line_action"
        )
        action["domain"] = [
            ("import_id", "in", self.ids),
            ("reason_code", "!=", False),
        ]
        return action

    def action_download_rejects(self):
        """Download the rejected lines as they were in the file, plus the reason."""
        self.ensure_one()
        self.check_access("read")
        self._store_rejects_file()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/rejects_file"
            f"?download=true&filename=rejected_{self.id}.csv",
        }

    # --- STATE ---

    def _do_action(self, action):
        """Do what the user asked for, if he may and the state allows it."""
        self.check_access("write")
        for job in self:
            if action in ("validate", "queue"):
                job._check_rights()
            state = job._get_next_state(action)
            getattr(job, f"_before_{action}", lambda: None)()
            job.state = state
        if action in ("queue", "undo"):
            cron = self.env.ref("crm_strategy.ir_cron_sales_history")
            cron.sudo()._trigger()  # style: CRM109 starts the job of a checked user

    def _get_next_state(self, action):
        """Return the state that ``action`` leads to, or say why it may not be."""
        self.ensure_one()
        state = sales_history_states.TRANSITIONS.get((self.state, action))
        if not state:
            label = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "This is not possible while the import %(name)s is in the state "
                    "“%(state)s”. Reload the page to see what can be done now.",
                    name=self.name,
                    state=label[self.state],
                )
            )
        return state

    def _check_rights(self):
        """The user must be allowed by the host what the import does for him."""
        self.env["sale.order"].check_access("create")
        if self.create_customers:
            self.env["res.partner"].check_access("create")
        if self.create_products:
            self.env["product.product"].check_access("create")

    def _before_validate(self):
        self._check_file()

    def _before_reset(self):
        self._clear_check()

    def _before_queue(self):
        self.error = False
        self.date_finished = False

    def _before_undo(self):
        self._check_undo()

    def _get_handled_count(self):
        self.ensure_one()
        return (
            self.created_count
            + self.updated_count
            + self.unchanged_count
            + self.refused_count
        )
