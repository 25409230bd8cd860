from odoo import fields, models
from odoo.exceptions import AccessError, LockError, UserError

from ...tools import remedy_policy, remedy_states


class CrmComplaintRemedy(models.Model):
    """From the decision to what the customer has: grant, release, finish, undo."""

    _inherit = "crm.complaint.remedy"

    # --- MOVING, by the table; called as superuser only

    def _move(self, action, **vals):
        """Do ``action`` to each of these, one person at a time."""
        self._lock()
        for remedy in self:
            state = remedy_states.move(remedy.state, action)
            if not state:
                raise remedy._get_move_error()
            remedy.write({**vals, "state": state})

    def _lock(self):
        """Who comes second finds the state that the first has left."""
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as e:
            raise UserError(
                self.env._(
                    "Another user is working on this remedy right now. Reload the "
                    "page to see what has been done."
                )
            ) from e

    # --- GRANT

    def _grant(self, user):
        """Bind us to these drafts, make their documents, open the gate where none is.

        :param user: who decided
        """
        now = fields.Datetime.now()
        today = fields.Date.context_today(self)
        for remedy in self:
            remedy.line_ids._check_goods()
            remedy._check_complete()
            remedy._move(
                "grant",
                **remedy._prepare_figures(today),
                date_granted=now,
                day_granted=today,
                granted_by_id=user.id,
            )
        self._make_documents()
        for remedy in self:
            remedy.cost = remedy._get_cost()
        self.filtered(lambda r: not r._is_gated())._release()

    def _check_complete(self):
        """Raise UserError where it does not say enough to be carried out."""
        self.ensure_one()
        if remedy_policy.PROMISES[self.remedy_type] in ("goods", "pickup"):
            if not self.line_ids:
                raise UserError(
                    self.env._(
                        "%(remedy)s: select the products and quantities it covers.",
                        remedy=self.display_name,
                    )
                )
            self.line_ids._check_quantity()
        if (
            remedy_policy.PROMISES[self.remedy_type] == "money"
            and self.currency_id.compare_amounts(self.amount, 0) <= 0
        ):
            raise UserError(
                self.env._(
                    "%(remedy)s: enter the amount that the customer gets.",
                    remedy=self.display_name,
                )
            )
        if self._needs_address() and not self.delivery_partner_id:
            raise UserError(
                self.env._(
                    "%(remedy)s: enter the ship-to address.", remedy=self.display_name
                )
            )

    def _prepare_figures(self, today):
        """Return what it is worth today, against the complaint it is for."""
        complaint = self.complaint_id
        return {
            "amount_company": self._to_company(self.amount, today),
            "case_amount": complaint.amount_company,
            "percent": 100 * self.amount / complaint.amount if complaint.amount else 0,
            "policy_id": complaint._get_policy(self.remedy_type).id,
        }

    def _to_company(self, amount, day=None):
        """Return ``amount`` in company currency at the rate of ``day``."""
        self.ensure_one()
        company = self.company_id
        return self.currency_id._convert(
            amount,
            company.currency_id,
            company,
            day or self.day_granted or fields.Date.context_today(self),
        )

    def _is_gated(self):
        self.ensure_one()
        return remedy_states.is_gated(self.remedy_type, bool(self.gift_product_id))

    def _needs_address(self):
        self.ensure_one()
        return self.remedy_type == "replacement" or bool(self.gift_product_id)

    # --- DOCUMENTS

    def action_retry(self):
        """Make the documents that are missing; what is there stays as it is."""
        self.complaint_id.check_access("write")
        remedies = self.sudo()  # style: CRM109 right on the complaint checked above
        remedies = remedies.filtered(lambda r: r.state in ("granted", "released"))
        remedies._lock()
        remedies._make_documents()
        remedies.complaint_id._open_missing_steps()
        return True

    def _make_documents(self):
        """Make each remedy's documents; what exists already is found, not made again.

        A bridge adds its kind by a method ``_make_<remedy type>``.
        """
        for remedy in self:
            company = remedy.company_id
            remedy = remedy.with_company(company).with_context(
                allowed_company_ids=company.ids
            )
            maker = getattr(remedy, f"_make_{remedy.remedy_type}", None)
            if maker:
                maker()
            if remedy.gift_product_id:
                remedy._make_order()

    # --- RELEASE: finance has approved, or nothing asks for it

    def _release(self, user=None):
        """Let goods leave. Promises and words are kept with it at once."""
        for remedy in self:
            remedy._move(
                "release",
                date_released=fields.Datetime.now(),
                released_by_id=(user or self.env.user).id,
            )
        self.filtered(lambda r: r._is_at_once())._finish()

    def _is_at_once(self):
        """Return whether nothing has to happen before the customer can be told."""
        return not remedy_states.get_tasks(self.remedy_type, bool(self.gift_product_id))

    def _check_four_eyes(self):
        """Raise UserError where somebody would approve what he has decided himself."""
        if self.env.su:
            return
        for remedy in self.sudo():  # style: CRM109 finance has no right on remedies
            if (
                remedy.state == "granted"
                and remedy.granted_by_id == self.env.user
                and not remedy.company_id.crm_service_is_own_gate_allowed
            ):
                raise UserError(
                    self.env._(
                        "%(remedy)s: you have decided on it yourself, so somebody "
                        "else in finance has to approve it. A company in which one "
                        "person does both can allow this in the settings of customer "
                        "service.",
                        remedy=remedy.display_name,
                    )
                )

    def _check_held(self, moves):
        """Raise UserError where ``moves`` let out goods that finance did not approve.

        :param moves: as superuser
        """
        self.ensure_one()
        leaving = moves.filtered(
            lambda m: (
                m.location_dest_id.usage == "customer"
                and m.state not in ("done", "cancel")
            )
        )
        if leaving and self.state not in ("released", "done"):
            raise UserError(self._get_held_message(leaving))
        self._check_granted(leaving)

    def _get_held_message(self, moves):
        return self.env._(
            "%(transfer)s delivers a replacement for %(complaint)s that finance has "
            "not approved yet. Ask finance to approve it, then validate the transfer.",
            transfer=", ".join(moves.picking_id.mapped("name")),
            complaint=self.complaint_id.name,
        )

    # --- FINISH

    def _finish(self, **vals):
        """The customer has it. What each part cost us is known now."""
        for remedy in self.filtered(lambda r: r.state == "released"):
            remedy._move("finish", date_done=fields.Datetime.now(), **vals)
            remedy.cost = remedy._get_cost()
        self.step_ids._end_by_system()

    # --- UNDO

    def _refuse(self, reason):
        """Finance sends it back: nothing leaves, the head of service decides again."""
        self._move("refuse", refuse_reason=reason, cost=0.0)
        self._cancel_documents()

    def _take_back(self):
        """The decision is taken back: drafts again, unless goods are on their way."""
        bound = self.filtered(
            lambda r: r.state in ("granted", "released") and not r._has_left()
        )
        bound._move(
            "take_back",
            cost=0.0,
            amount_company=0.0,
            case_amount=0.0,
            percent=0.0,
            date_granted=False,
            day_granted=False,
            granted_by_id=False,
            date_released=False,
            released_by_id=False,
        )
        bound._cancel_documents()

    def action_cancel(self):
        """Drop what was only proposed."""
        self.complaint_id.check_access("write")
        drafts = self.sudo()  # style: CRM109 right on the complaint checked above
        drafts._move("cancel")

    def _has_left(self):
        """Return whether goods are with the customer, or money is posted."""
        self.ensure_one()
        return any(line.shipped_quantity for line in self.line_ids) or any(
            move.state == "posted" for move in self.move_ids
        )

    def _cancel_documents(self):
        """Cancel what was made for these and has not happened yet.

        They have left the states that bind us, so their documents call nobody back.
        """
        for remedy in self:
            order = remedy.sale_order_id
            if order.state not in ("cancel", False):
                order.action_unlock()
                order.with_context(disable_cancel_warning=True)._action_cancel()
            remedy.move_ids.filtered(lambda m: m.state == "draft").button_cancel()
            remedy.return_ids.filtered(
                lambda p: p.state not in ("done", "cancel")
            ).action_cancel()

    def _lose_documents(self, what):
        """Somebody cancelled the document: back to whoever decided.

        :param what: name of the document
        """
        for remedy in self.filtered(lambda r: r.state in ("granted", "released")):
            note = self.env._(
                "%(document)s was cancelled before it reached the customer. Decide "
                "what the customer gets instead.",
                document=what,
            )
            remedy._move("cancel", refuse_reason=note, cost=0.0)
            remedy.complaint_id._give_back(note)

    # --- LOST

    def action_lose(self):
        """What was sent never arrived: its pieces can be decided again.

        What it has cost us stays, and so does what it took from the budget.
        """
        self.complaint_id.check_access("write")
        if not self.env.user.has_group("crm_service.group_manager"):
            raise AccessError(
                self.env._("The head of service says when something is lost.")
            )
        for remedy in self.sudo():  # style: CRM109 rights were checked above
            complaint = remedy.complaint_id
            if remedy.remedy_type != "replacement" or complaint.state != "progress":
                raise UserError(
                    self.env._(
                        "%(remedy)s: only goods can be lost, and only after the "
                        "customer has said that they did not receive them. Log their "
                        "answer first.",
                        remedy=remedy.display_name,
                    )
                )
            remedy._move("lose")
            complaint._message_log(
                body=self.env._(
                    "%(remedy)s: lost on the way, to be decided again.",
                    remedy=remedy.display_name,
                ),
                author_id=self.env.user.partner_id.id,
            )

    # --- COST

    def _get_cost(self):
        """Return what it costs us by what is known now; see the model's docstring."""
        self.ensure_one()
        if self.state not in remedy_states.COSTING:
            return 0.0
        counter = getattr(self, f"_get_cost_{self.remedy_type}", None)
        cost = counter() if counter else 0.0
        if self.gift_product_id and self.remedy_type != "replacement":
            cost += self._get_cost_of_goods()
        return self.company_id.currency_id.round(cost)

    def _get_cost_discount(self):
        return self.amount_company
