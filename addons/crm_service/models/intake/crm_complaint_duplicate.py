from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

# what is decided already has its own remedies and stays a complaint of its own
MERGEABLE = ("new", "progress")
MOVED_MESSAGES = ("comment", "email", "email_outgoing", "out_of_office")


class CrmComplaint(models.Model):
    """One matter told twice becomes one complaint again, and can be parted again."""

    _inherit = "crm.complaint"

    duplicate_ids = fields.Many2many(
        "crm.complaint",
        string="Possible Duplicates",
        compute="_compute_duplicate_ids",
        groups="base.group_user",
        help="Other open complaints of the customer about the same order line, or of "
        "the same kind at about the same time.",
    )
    duplicate_count = fields.Integer(
        compute="_compute_duplicate_ids", groups="base.group_user"
    )
    merge_log = fields.Json(
        copy=False,
        groups="base.group_system",
        help="Technical field: what was moved to the other complaint, so that the "
        "merge can be undone.",
    )

    @api.depends("commercial_partner_id", "kind_id", "line_ids.sale_line_id", "is_open")
    def _compute_duplicate_ids(self):
        days = timedelta(days=self._get_intake_setting("duplicate_days"))
        asking = self.filtered(
            lambda c: c.is_open and c.commercial_partner_id and c.date_received
        )
        others = self.browse()
        if asking:
            days_received = asking.mapped("date_received")
            others = self.search(
                [
                    ("commercial_partner_id", "in", asking.commercial_partner_id.ids),
                    ("is_open", "=", True),
                    ("date_received", ">=", min(days_received) - days),
                    ("date_received", "<=", max(days_received) + days),
                ],
                order="id",
                limit=1000,
            )
        by_customer = others.grouped("commercial_partner_id")
        for complaint in self:
            same = complaint._origin.browse()
            if complaint in asking:
                customer = complaint.commercial_partner_id._origin
                same = by_customer.get(customer, same).filtered(
                    lambda other, it=complaint: it._is_like(other, days)
                )
            complaint.duplicate_ids = same
            complaint.duplicate_count = len(same)

    def _is_like(self, other, days):
        """Return whether two complaints of one customer may be about one matter."""
        if other == self._origin or other.company_id != self.company_id:
            return False
        if abs(other.date_received - self.date_received) > days:
            return False
        same_lines = self.line_ids.sale_line_id._origin & other.line_ids.sale_line_id
        return bool(same_lines) or (
            bool(self.kind_id) and other.kind_id == self.kind_id
        )

    # --- ACTIONS

    def action_open_duplicates(self):
        """Show what may be the same matter."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_complaint_action"
        )
        return {
            **action,
            "domain": [("id", "in", (self | self.duplicate_ids).ids)],
            "context": {},
        }

    def action_merge_duplicates(self):
        """Choose what is merged into this complaint."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge Duplicates"),
            "res_model": "crm.complaint.merge",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_complaint_id": self.id,
                "default_duplicate_ids": self.duplicate_ids.ids,
            },
        }

    def action_unmerge(self):
        """Part complaints that turned out to be two matters."""
        for complaint in self:
            complaint._unmerge()

    # --- MERGING

    def _merge(self, duplicates):
        """Take over what ``duplicates`` hold; they end as duplicates of this one."""
        self.ensure_one()
        duplicates -= self
        (self | duplicates)._check_mergeable()
        (self | duplicates)._lock()
        for duplicate in duplicates:
            log = duplicate._move_to(self)
            duplicate.sudo().write(  # style: CRM109 checked above
                {"merged_into_id": self.id, "merge_log": log}
            )
            duplicate.action_cancel(self.env._("Duplicate of %(name)s", name=self.name))
            self.message_post(
                body=Markup("<p>%s</p>%s")
                % (
                    self.env._(
                        "%(name)s was merged into this complaint. The customer's "
                        "original text:",
                        name=duplicate.display_name,
                    ),
                    plaintext2html(duplicate.description or "—"),
                )
            )

    def _check_mergeable(self):
        self.check_access("write")
        if len(self.company_id) > 1 or len(self.commercial_partner_id) != 1:
            raise UserError(
                self.env._(
                    "Only complaints of the same customer and the same company can be "
                    "merged. Remove the others."
                )
            )
        for complaint in self:
            if complaint.state not in MERGEABLE or complaint.merged_into_id:
                raise UserError(
                    self.env._(
                        "“%(name)s” is already decided or ended and cannot be merged. "
                        "Remove it from the selection.",
                        name=complaint.display_name,
                    )
                )

    def _move_to(self, target):
        """Move lines, messages and files; return what was moved, by model."""
        lines = self.line_ids.filtered(
            lambda line: line.sale_line_id not in target.line_ids.sale_line_id
        )
        if self.order_id != target.order_id and target.order_id:
            lines = lines.browse()
        elif lines and not target.order_id:
            target.order_id = self.order_id
        lines.complaint_id = target
        messages = self.env["mail.message"].sudo()  # style: CRM109 of this complaint
        messages = messages.search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", MOVED_MESSAGES),
            ]
        )
        messages.res_id = target.id
        files = self.env["ir.attachment"].sudo()  # style: CRM109 of this complaint
        files = files.search([("res_model", "=", self._name), ("res_id", "=", self.id)])
        files.res_id = target.id
        self._move_followers_to(target)
        return {
            "target": target.id,
            "lines": lines.ids,
            "messages": messages.ids,
            "files": files.ids,
        }

    def _move_followers_to(self, target):
        """Let the followers follow ``target``, each for what he wants to read."""
        known = target.message_partner_ids
        for follower in self.message_follower_ids:
            if follower.partner_id not in known:
                target.message_subscribe(
                    follower.partner_id.ids, subtype_ids=follower.subtype_ids.ids
                )

    def _unmerge(self):
        """Bring back what went to the other complaint, as far as it is still there."""
        self.ensure_one()
        complaint = self.sudo()  # style: CRM109 checked in the next lines
        target = complaint.merged_into_id
        complaints = self | target.with_env(self.env)
        complaints.check_access("write")
        complaint._check_unmergeable()
        complaint._bring_back(complaint.merge_log)
        complaint.write({"merged_into_id": False, "merge_log": False})
        self.action_revive()
        complaint._message_log(
            body=self.env._("The merge into %(name)s was undone.", name=target.name)
        )
        target._message_log(
            body=self.env._(
                "%(name)s is handled separately again.", name=self.display_name
            )
        )

    def _check_unmergeable(self):
        target = self.merged_into_id
        if not target or not self.merge_log or self.state != "cancelled":
            raise UserError(
                self.env._(
                    "“%(name)s” is not merged into another complaint, so there is no "
                    "merge to undo.",
                    name=self.display_name,
                )
            )
        if target.state not in MERGEABLE:
            raise UserError(
                self.env._(
                    "%(name)s is already decided. Withdraw the decision first.",
                    name=target.display_name,
                )
            )

    def _bring_back(self, log):
        target = self.merged_into_id
        lines = target.line_ids.filtered(lambda line: line.id in log["lines"])
        lines.complaint_id = self
        there = [("res_id", "=", target.id)]
        messages = self.env["mail.message"].search(
            [("id", "in", log["messages"]), ("model", "=", self._name), *there]
        )
        messages.res_id = self.id
        files = self.env["ir.attachment"].search(
            [("id", "in", log["files"]), ("res_model", "=", self._name), *there]
        )
        files.res_id = self.id
