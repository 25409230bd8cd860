from odoo import models

from ...tools.complaint_states import OPEN_STEP_STATES

# delivered order of departments where a template names none
SEQUENCES = {
    "service_head": 5,
    "leader": 8,
    "finance": 10,
    "warehouse": 20,
    "shipping": 30,
    "agent": 40,
}


class CrmComplaint(models.Model):
    """The hand-over to other departments, and what follows when they are done.

    Steps with one sequence number are done side by side. When all of them are
    done, those with the next number are ready. A decision goes on to be carried
    out when no gate is open, and the customer is told when no step is open.
    """

    _inherit = "crm.complaint"

    def _open_steps(self, templates):
        """Hand work over to departments; return the new steps.

        :param templates: dicts with ``department`` and ``name``; optional are
            ``sequence``, ``is_gate``, ``hours`` (allowed), ``user_id``, ``message``,
            ``amount``, ``products``, ``ship_to`` and further fields of the step
        """
        self.ensure_one()
        complaint = self.sudo()  # style: CRM109 steps are written by the product only
        number = max(complaint.step_ids.mapped("round"), default=0)
        if not complaint._get_open_steps():
            number += 1
        steps = complaint.env["crm.complaint.step"].create(
            [
                {**complaint._prepare_step_values(template), "round": number}
                for template in templates
            ]
        )
        complaint._open_next_steps()
        return steps.with_env(self.env)

    def _prepare_step_values(self, template):
        department = template["department"]
        user = self.team_id._get_department_user(department)
        if department == "agent":
            user = self.user_id
        return {
            "complaint_id": self.id,
            "sequence": SEQUENCES[department],
            "user_id": user.id,
            "complaint_name": self.name,
            "customer_name": self.commercial_partner_id.name or self.partner_name,
            "ship_to": self._get_ship_to(),
            "products": self._get_products_text(),
            "currency_id": self.currency_id.id,
            "amount": self.amount,
            "message": self.wish_note,
            **template,
        }

    def _get_ship_to(self):
        """Return where goods go, as lines of text."""
        address = self.delivery_partner_id or self.partner_id
        if not address:
            return False
        return f"{address.display_name}\n{address._display_address(True)}".strip()

    def _get_products_text(self):
        """Return the products with quantities, one a line."""
        return "\n".join(
            f"{line.quantity:g} {line.product_uom_id.name} "
            f"{line.product_id.display_name}" + (f" ({line.note})" if line.note else "")
            for line in self.line_ids
        )

    def _get_open_steps(self):
        return self.step_ids.filtered(lambda s: s.state in OPEN_STEP_STATES)

    def _open_next_steps(self):
        """Make ready what has the lowest number of what is open."""
        for complaint in self:
            steps = complaint._get_open_steps()
            first = min(steps.mapped("sequence"), default=0)
            steps.filtered(
                lambda s, n=first: s.state == "waiting" and s.sequence == n
            )._set_ready()

    def _void_steps(self):
        """What is open no longer holds: the decision was taken back."""
        complaints = self.sudo()  # style: CRM109 steps are written by the product only
        steps = complaints._get_open_steps()
        steps._move("void")
        steps.activity_unlink(["mail.mail_activity_data_todo"])

    # --- GOING ON

    def _advance(self):
        """Go on as far as steps and documents allow."""
        complaints = self.sudo()  # style: CRM109 follows from steps that are done
        for complaint in complaints:
            complaint._open_next_steps()
            if complaint.state == "decided" and complaint._is_released():
                complaint._release()
            elif complaint.state == "execution" and complaint._is_executed():
                complaint._executed()

    def _is_released(self):
        """Return whether the decision may be carried out: no gate is open."""
        return not any(self._get_open_steps().mapped("is_gate"))

    def _is_executed(self):
        """Return whether everything granted has been carried out."""
        return not self._get_open_steps()

    def _on_step_closed(self, step):
        """Hook: a step is done or skipped. As superuser."""
        self._advance()

    def _on_step_returned(self, step):
        """Hook: a department sends the decision back. As superuser."""
        if self.state in ("decided", "execution"):
            self._move("return", reason=step.reason)
        if self.user_id.active:
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Returned: decide again"),
                note=step.reason,
                user_id=self.user_id.id,
            )

    # --- LEADERS IN COPY

    def _tell_leaders(self):
        """Let the leaders follow who want to know of complaints of this amount.

        They follow what we write to each other, not what customers are written: an
        acknowledgement that is no use to them, and every mail after it.
        """
        note = self.env.ref("mail.mt_note")
        for complaint in self.sudo():  # style: CRM109 amounts and followers
            users = complaint.team_id._get_users_in_copy(complaint.amount_company)
            users = users.filtered(lambda u, c=complaint: c.company_id in u.company_ids)
            leaders = users.partner_id - complaint.message_partner_ids
            if not leaders:
                continue
            complaint.message_subscribe(leaders.ids, subtype_ids=note.ids)
            complaint.message_post(
                body=self.env._(
                    "For your information: %(customer)s complains about goods worth "
                    "%(amount)s.",
                    customer=complaint.commercial_partner_id.name
                    or complaint.partner_name
                    or "",
                    amount=complaint.company_currency_id.format(
                        complaint.amount_company
                    ),
                ),
                partner_ids=leaders.ids,
                subtype_xmlid="mail.mt_note",
            )
