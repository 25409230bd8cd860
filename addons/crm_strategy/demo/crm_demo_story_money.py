from datetime import timedelta

from odoo import Command, api, models
from odoo.tools import SQL

#: Customers of whom the invoices of the former system were carried over
LARGEST = 20
#: Days from the invoice to the money, of a customer by his number
DAYS_TO_PAY = (18, 24, 26, 27, 28, 29, 29, 30, 34, 41)
#: Days that the slow payer takes
DAYS_OF_SLOW = 240


class CrmDemoStory(models.AbstractModel):
    """The chapter on money: invoices and payments of the year, how customers came.

    The former system's orders of the last year were invoiced by it. The invoices of
    the largest customers were carried over with the change-over; they belong to no
    order here, so that the import of the orders can still be undone.
    """

    _inherit = "crm.demo.story"

    @api.model
    def _carry_over_invoices(self, unpaid, slow):
        """Post the invoices of the largest customers, and pay them.

        The customer ``unpaid`` has paid nothing, ``slow`` only what is very old.
        Nothing is done where the company has no chart of accounts.
        """
        company = self.env.ref("base.main_company")
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
        )
        if not company.chart_template or not journal:
            return
        orders = self._get_former_orders(company)
        invoices = self.env["account.move"].create(
            [self._prepare_carried_vals(order) for order in orders]
        )
        invoices.action_post()
        limit = self._get_day(0)
        due = {}
        for invoice in invoices:
            customer = invoice.commercial_partner_id
            days = DAYS_TO_PAY[customer.id % len(DAYS_TO_PAY)]
            if customer == slow:
                days = DAYS_OF_SLOW
            if customer != unpaid and invoice.invoice_date + timedelta(days) < limit:
                due[invoice] = invoice.invoice_date + timedelta(days)
        self._pay_on_days(due, journal)

    @api.model
    def _get_former_orders(self, company):
        """Return the imported orders of the last year of the largest customers."""
        domain = [
            ("company_id", "=", company.id),
            ("state", "=", "sale"),
            ("date_order", ">=", self._get_day(365)),
            ("invoice_status", "=", "invoiced"),
            ("invoice_ids", "=", False),
        ]
        rows = self.env["sale.order"]._read_group(
            domain, ["partner_id"], ["amount_untaxed:sum"]
        )
        rows.sort(key=lambda row: (-row[1], row[0].id))
        largest = [partner.id for partner, _amount in rows[:LARGEST]]
        return self.env["sale.order"].search(
            [*domain, ("partner_id", "in", largest)], order="date_order, id"
        )

    @api.model
    def _prepare_carried_vals(self, order):
        return {
            "move_type": "out_invoice",
            "partner_id": order.partner_invoice_id.id,
            "currency_id": order.currency_id.id,
            "invoice_origin": order.client_order_ref or order.name,
            "invoice_date": order.date_order.date() + timedelta(days=2),
            "invoice_payment_term_id": self.env.ref(
                "account.account_payment_term_30days"
            ).id,
            "invoice_user_id": order.user_id.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "quantity": line.product_uom_qty,
                        "price_unit": line.price_subtotal / line.product_uom_qty,
                        "tax_ids": [Command.set(line.tax_ids.ids)],
                    }
                )
                for line in order.order_line
                if line.product_uom_qty
            ],
        }

    @api.model
    def _pay_on_days(self, days, journal):
        """Enter the money of invoices: ``{invoice: day}``; all of them at once."""
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": invoice.commercial_partner_id.id,
                    "amount": invoice.amount_residual,
                    "currency_id": invoice.currency_id.id,
                    "date": day,
                    "memo": invoice.name,
                    "journal_id": journal.id,
                    "invoice_ids": [Command.set(invoice.ids)],
                }
                for invoice, day in days.items()
            ]
        )
        payments.action_post()
        plan = [
            (invoice | payment.move_id).line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            for invoice, payment in zip(days, payments, strict=True)
            if payment.move_id
        ]
        self.env["account.move.line"]._reconcile_plan(plan)

    # --- HOW CUSTOMERS CAME

    @api.model
    def _tell_sources(self, sources):
        """Say of every customer's first order how he was found."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE sale_order o
                      SET source_id = (%(sources)s::int[])[
                              1 + f.customer_id %% ARRAY_LENGTH(%(sources)s::int[], 1)]
                     FROM (SELECT DISTINCT ON (p.commercial_partner_id)
                                  p.commercial_partner_id AS customer_id, o.id
                             FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                            WHERE o.state = 'sale'
                         ORDER BY p.commercial_partner_id, o.date_order, o.id) f
                    WHERE f.id = o.id AND o.source_id IS NULL""",
                sources=sources,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead
                      SET source_id = (%(sources)s::int[])[
                              1 + partner_id %% ARRAY_LENGTH(%(sources)s::int[], 1)]
                    WHERE source_id IS NULL AND partner_id IS NOT NULL
                      AND id IN (SELECT res_id FROM ir_model_data
                                  WHERE module = 'crm_strategy'
                                    AND model = 'crm.lead')""",
                sources=sources,
            )
        )
        self.env.invalidate_all()

    @api.model
    def _discount_first_orders(self, percent):
        """Say that first orders of the last year were ``percent`` below the list price.

        What they brought stays as it is: the former system told the net amounts.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE sale_order_line l
                      SET discount = %(percent)s,
                          price_unit = l.price_unit * 100.0 / (100 - %(percent)s)
                    WHERE l.discount = 0 AND l.order_id IN (
                          SELECT id
                            FROM (SELECT DISTINCT ON (p.commercial_partner_id)
                                         o.id, o.date_order
                                    FROM sale_order o
                                    JOIN res_partner p ON p.id = o.partner_id
                                   WHERE o.state = 'sale'
                                ORDER BY p.commercial_partner_id, o.date_order, o.id
                                 ) first
                           WHERE date_order >= %(start)s AND id %% 3 > 0)""",
                percent=percent,
                start=self._get_day(365),
            )
        )
        self.env.invalidate_all()
