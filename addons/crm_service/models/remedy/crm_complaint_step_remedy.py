from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmComplaintStep(models.Model):
    """Steps that carry out a remedy end with its document, not before."""

    _inherit = "crm.complaint.step"

    remedy_id = fields.Many2one(
        "crm.complaint.remedy",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        groups="crm_service.group_agent",
    )
    task = fields.Selection(
        [
            ("approve_replacement", "Approve Free Goods"),
            ("post_credit_note", "Post Credit Note"),
            ("ship_replacement", "Ship"),
            ("pick_up", "Pick Up"),
            ("repair", "Repair"),
        ],
        readonly=True,
    )
    task_name = fields.Char(
        "Task to Do",
        compute="_compute_task_name",
        help="In the language of whoever reads it.",
    )
    document_name = fields.Char("Document", compute="_compute_shipping")
    date_shipped = fields.Datetime("Shipped On", compute="_compute_shipping")
    carrier_name = fields.Char("Carrier", compute="_compute_shipping")
    tracking_ref = fields.Char("Tracking Reference", compute="_compute_shipping")

    @api.depends("task", "name")
    @api.depends_context("lang")
    def _compute_task_name(self):
        names = self.env["crm.complaint.remedy"]._get_task_names()
        for step in self:
            step.task_name = names.get(step.task) or step.name

    @api.depends("task", "remedy_id.state", "remedy_id.tracking_ref")
    def _compute_shipping(self):
        """Show finance and warehouse what they work on, without rights on it."""
        for step in self:
            remedy = step.sudo().remedy_id  # style: CRM109 names, no more
            documents = remedy._get_step_documents(step.task)
            step.document_name = ", ".join(d.display_name for d in documents)
            step.date_shipped = remedy.date_shipped
            step.carrier_name = remedy.carrier_name
            step.tracking_ref = remedy.tracking_ref

    # --- ACTIONS

    def action_done(self):
        """Post a credit note with it; refuse where goods have not moved yet."""
        steps = self._get_workable()
        gates = steps.filtered(lambda s: s.is_gate and s.state == "ready")
        gates.remedy_id.with_env(self.env)._check_four_eyes()
        for step in steps.filtered(lambda s: s.task == "post_credit_note"):
            step.remedy_id._post_credit_notes(self.env)
        steps = steps.filtered(lambda s: s.state != "done")
        steps._check_moved()
        return super(CrmComplaintStep, self & steps.with_env(self.env)).action_done()

    def _check_moved(self):
        """Raise UserError where the document is still to be done."""
        for step in self.filtered(
            lambda s: s.task in ("ship_replacement", "pick_up", "repair")
        ):
            if step.remedy_id.state != "done" and step.document_name:
                raise UserError(
                    self.env._(
                        "Complete %(document)s. This also completes the step "
                        "“%(step)s”.",
                        document=step.document_name,
                        step=step.name,
                    )
                )

    def action_open_document(self):
        """Open the transfer, order or credit note that this step is about."""
        self.ensure_one()
        self.check_access("read")
        remedy = self.sudo().remedy_id  # style: CRM109 the document checks its reader
        documents = remedy._get_step_documents(self.task).with_env(self.env)
        if not documents:
            raise UserError(self.env._("There is no document for this step."))
        action = {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": documents._name,
        }
        if len(documents) == 1:
            return {**action, "views": [(False, "form")], "res_id": documents.id}
        return {
            **action,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", documents.ids)],
        }

    # --- ENDED BY DOCUMENTS

    def _end_by_system(self):
        """What was to be done is done: end what is open of these; as superuser."""
        for step in self:
            if step.state == "waiting":
                step._set_ready()
            if step.state == "ready":
                step._finish("done")
