from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.crm_strategy.tools.notification import CLOSE, notification

REPORT = ("outcome_id", "findings", "next_step", "next_date", "next_kind_id")


class CrmSalesActivityLog(models.TransientModel):
    """Log a touch on one screen: what took place, what came of it, what is next.

    It makes a touch that is done, or completes the planned one it was opened from.
    """

    _name = "crm.sales.activity.log"
    _description = "Log Sales Activity"

    activity_id = fields.Many2one("crm.sales.activity", readonly=True)
    kind_id = fields.Many2one(
        "crm.sales.activity.kind",
        required=True,
        default=lambda self: self._default_kind_id(),
        domain=lambda self: [
            ("company_id", "in", [False, self.env.company.id]),
        ],
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    contact_ids = fields.Many2many(
        "res.partner",
        "crm_sales_activity_log_contact_rel",
        "wizard_id",
        "partner_id",
        "People of the Customer",
        domain="[('id', 'child_of', partner_id)]",
    )
    name = fields.Char("Subject")
    direction = fields.Selection(
        [("out", "Outgoing"), ("in", "Incoming")], default="out", required=True
    )
    date_start = fields.Datetime("Start", required=True, default=fields.Datetime.now)
    duration = fields.Float(
        "Duration (Hours)", compute="_compute_from_kind", store=True, readonly=False
    )
    lead_id = fields.Many2one(
        "crm.lead", "Opportunity", domain="[('partner_id', 'child_of', partner_id)]"
    )
    document_ref = fields.Reference(
        selection=lambda self: self.env[
            "crm.sales.activity.document"
        ]._selection_document_model(),
        string="Document",
    )
    outcome_id = fields.Many2one(
        "crm.sales.activity.outcome",
        domain="['|', ('kind_ids', '=', False), ('kind_ids', 'in', kind_id)]",
    )
    findings = fields.Text()
    next_step = fields.Char()
    next_date = fields.Date()
    next_kind_id = fields.Many2one("crm.sales.activity.kind")

    needs_outcome = fields.Boolean(related="kind_id.needs_outcome")
    needs_contact = fields.Boolean(related="kind_id.needs_contact")
    needs_findings = fields.Boolean(related="kind_id.needs_findings")
    needs_next_step = fields.Boolean(related="kind_id.needs_next_step")

    @api.model
    def _default_kind_id(self):
        """What salespeople log most by hand is a call."""
        touches = self.env["crm.sales.activity"]
        call = touches._find_kind(self.env.company, code="phone_call")
        return call or touches._default_kind_id()

    @api.model
    def default_get(self, fields):
        """Begin with the planned touch, if it is one that is completed."""
        values = super().default_get(fields)
        activity = self.env["crm.sales.activity"].browse(values.get("activity_id"))
        if activity:
            names = ["kind_id", "partner_id", "name", "direction", "date_start"]
            names += ["duration", "lead_id", *REPORT]
            known = activity.read(names, load="")[0]
            values |= {name: known[name] for name in names if name in fields}
            values["contact_ids"] = [Command.set(activity.contact_ids.ids)]
        return values

    @api.depends("kind_id")
    def _compute_from_kind(self):
        for wizard in self:
            wizard.duration = wizard.kind_id.duration

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Let people choose a contact where the customer is asked for."""
        customer = self.partner_id.commercial_partner_id
        if self.partner_id != customer:
            self.contact_ids |= self.partner_id
            self.partner_id = customer
        self.contact_ids = self.contact_ids.filtered(
            lambda contact: contact.commercial_partner_id._origin == customer._origin
        )

    def action_log(self):
        """Put the touch on record as done."""
        touch = self._log()
        message = self.env._("“%(name)s” is logged.", name=touch.name)
        return notification(message, after=CLOSE)

    def action_log_and_open(self):
        """Put the touch on record as done and open it."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.sales.activity",
            "res_id": self._log().id,
            "views": [[False, "form"]],
        }

    def _log(self):
        self.ensure_one()
        vals = self._prepare_activity_vals()
        if self.activity_id:
            self.activity_id.write(vals)
            touch = self.activity_id
        else:
            touch = self.env["crm.sales.activity"].create(vals)
        touch.action_done()
        return touch

    def _get_company(self):
        """Return the company of the opportunity or document, else the present one."""
        for record in (self.lead_id, self.document_ref):
            if record and "company_id" in record._fields and record.company_id:
                return record.company_id
        return self.env.company

    def _prepare_activity_vals(self):
        names = ["kind_id", "partner_id", "direction", "date_start", "duration"]
        names += ["lead_id", *REPORT]
        vals = {
            name: self[name].id if hasattr(self[name], "ids") else self[name]
            for name in names
        }
        vals["contact_ids"] = [Command.set(self.contact_ids.ids)]
        if self.name:
            vals["name"] = self.name
        if not self.activity_id:
            vals["company_id"] = self._get_company().id
        if self.document_ref:
            document = f"{self.document_ref._name},{self.document_ref.id}"
            vals["document_ids"] = [Command.create({"document_ref": document})]
        return vals
