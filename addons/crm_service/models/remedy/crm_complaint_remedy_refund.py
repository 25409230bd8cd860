from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...tools.remedy_policy import split


class CrmComplaintRemedy(models.Model):
    """Money back: credit notes from the customer's own invoices, in their currency.

    Pieces are credited at the price of their invoice, taxes and accounts as there.
    Where less than the worth of the pieces was granted, the invoice line is credited
    in that proportion without a quantity of its order: the pieces stay invoiced.
    """

    _inherit = "crm.complaint.remedy"

    def _make_refund(self):
        """Make a draft credit note of each invoice concerned, once."""
        self.ensure_one()
        live = self.move_ids.filtered(lambda m: m.state != "cancel")
        for invoice, quantities in self._split_by_invoice().items():
            if invoice in live.reversed_entry_id:
                continue
            note = invoice._reverse_moves([self._prepare_credit_note_vals(invoice)])
            note.invoice_line_ids = self._prepare_credit_lines(
                invoice, note, quantities
            )
            self.complaint_id._message_log(
                body=self.env._("Draft credit note %s", note._get_html_link())
            )

    def _prepare_credit_note_vals(self, invoice):
        today = fields.Date.context_today(self)
        return {
            "crm_remedy_id": self.id,
            "ref": self.env._(
                "%(invoice)s, complaint %(complaint)s",
                invoice=invoice.name,
                complaint=self.complaint_id.name,
            ),
            "date": today,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_origin": self.complaint_id.name,
            "invoice_payment_term_id": None,
            "auto_post": "no",
        }

    def _split_by_invoice(self):
        """Return {invoice: {invoice line: quantity}}, latest invoices first."""
        result = {}
        for line in self.line_ids:
            rest = line.quantity
            for invoiced, free in self._get_creditable(line):
                uom = invoiced.product_uom_id
                free = uom._compute_quantity(free, line.uom_id, round=False)
                taken = min(rest, free)
                if line.uom_id.compare(taken, 0) <= 0:
                    continue
                rest -= taken
                found = result.setdefault(invoiced.move_id, {})
                found[invoiced] = line.uom_id._compute_quantity(taken, uom, round=False)
            if line.uom_id.compare(rest, 0) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: no posted invoice of %(company)s covers "
                        "%(quantity)s of the quantity to be credited. Choose another "
                        "remedy, or lower the quantity.",
                        product=line.complaint_line_id.product_id.display_name,
                        quantity=f"{rest:g}",
                        company=self.company_id.name,
                    )
                )
        return result

    def _get_creditable(self, line):
        """Return [(invoice line, quantity not credited yet)], the latest first."""
        sale_line = line.complaint_line_id.sale_line_id
        own = sale_line.invoice_lines.filtered(
            lambda x: x.move_id.company_id == self.company_id
        )
        posted = own.filtered(
            lambda x: (
                x.parent_state == "posted" and x.move_id.move_type == "out_invoice"
            )
        )
        credited = own.filtered(
            lambda x: x.parent_state != "cancel" and x.move_id.move_type == "out_refund"
        )
        found = []
        for invoiced in posted.sorted(lambda x: (x.date, x.id), reverse=True):
            back = sum(
                one.product_uom_id._compute_quantity(
                    one.quantity, invoiced.product_uom_id, round=False
                )
                for one in credited
                if one.move_id.reversed_entry_id == invoiced.move_id
            )
            found.append((invoiced, invoiced.quantity - back))
        return found

    def _prepare_credit_lines(self, invoice, note, quantities):
        """Return the commands that leave on ``note`` what is credited.

        The copied lines stand in the order of those of the invoice.
        """
        share = self._get_share()
        originals = invoice.invoice_line_ids.sorted(lambda x: (x.sequence, x.id))
        copies = note.invoice_line_ids.sorted(lambda x: (x.sequence, x.id))
        parts = self._get_parts(quantities, share)
        commands = []
        for original, line in zip(originals, copies, strict=True):
            quantity = quantities.get(original)
            if not quantity:
                commands.append(Command.delete(line.id))
            elif share is None:
                commands.append(Command.update(line.id, {"quantity": quantity}))
            else:
                vals = {
                    "quantity": 1.0,
                    "discount": 0.0,
                    "price_unit": parts[original],
                    "sale_line_ids": [Command.clear()],
                }
                commands.append(Command.update(line.id, vals))
        return commands

    def _get_share(self):
        """Return the part of the pieces' worth that was granted, None for all of it."""
        worth = sum(self.line_ids.mapped("amount"))
        if not worth or self.currency_id.compare_amounts(self.amount, worth) == 0:
            return None
        return self.amount / worth

    def _get_parts(self, quantities, share):
        """Return {invoice line: amount to credit}, exact to the currency in all."""
        if share is None:
            return {}
        worths = [
            line.price_subtotal * quantity / line.quantity
            for line, quantity in quantities.items()
        ]
        currency = next(iter(quantities)).currency_id
        total = currency.round(sum(worths) * share)
        return dict(
            zip(quantities, split(total, worths, currency.rounding), strict=True)
        )

    # --- WHAT FINANCE DOES

    def _sync_refund(self):
        """All credit notes are posted: the customer has it. None left: give back."""
        self._watch_refund()
        for remedy in self.filtered(
            lambda r: r.remedy_type == "refund" and r.state in ("granted", "released")
        ):
            live = remedy.move_ids.filtered(lambda m: m.state != "cancel")
            if not live:
                remedy._lose_documents(self.env._("The credit note"))
            elif all(move.state == "posted" for move in live):
                if remedy.state == "granted":
                    remedy._release()
                remedy._finish()
                remedy._tell_if_more()
                remedy.complaint_id._advance()

    def _watch_refund(self):
        """What was done and is undone in accounting: count anew and say so."""
        for remedy in self.filtered(
            lambda r: r.remedy_type == "refund" and r.state == "done"
        ):
            live = remedy.move_ids.filtered(lambda m: m.state != "cancel")
            cost = remedy._get_cost() if live else 0.0
            if remedy.company_currency_id.compare_amounts(cost, remedy.cost) == 0:
                continue
            remedy.cost = cost
            if not live:
                remedy.complaint_id._give_back(
                    self.env._(
                        "The credit note was cancelled after it was posted. Tell the "
                        "customer, or reopen the complaint and decide again."
                    )
                )
            remedy._tell_if_more()

    def _tell_if_more(self):
        """Finance may credit more than was granted; whoever decided is told."""
        self.ensure_one()
        currency = self.currency_id
        credited = sum(
            move.currency_id._convert(
                move.amount_untaxed, currency, self.company_id, move.date
            )
            for move in self.move_ids
            if move.state == "posted"
        )
        if currency.compare_amounts(credited, self.amount) > 0:
            self.complaint_id._give_back(
                self.env._(
                    "%(credited)s was credited, but only %(granted)s was granted. "
                    "Check the credit note with finance.",
                    credited=currency.format(credited),
                    granted=currency.format(self.amount),
                )
            )

    def _post_credit_notes(self, env):
        """Post what is still a draft, in the name and with the rights of ``env``."""
        drafts = self.move_ids.filtered(lambda m: m.state == "draft")
        drafts.with_env(env).action_post()

    # --- COST

    def _get_cost_refund(self):
        """Return what was credited, in company currency, at the credit notes' rate."""
        live = self.move_ids.filtered(lambda m: m.state != "cancel")
        return -sum(live.mapped("amount_untaxed_signed")) or self.amount_company
