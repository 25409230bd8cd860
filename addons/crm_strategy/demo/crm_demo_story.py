import contextlib
import csv
from base64 import b64encode
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import file_open, groupby

FOLDER = "crm_strategy/demo"


class CrmDemoStory(models.AbstractModel):
    """What the chapters of the demo story cannot say in XML.

    The orders stand in two files with days before today. Everything here goes the
    way a person would go: the import, the buttons of the order, the refresh. Only
    what cannot have happened in the past of a new database is dated back.
    """

    _name = "crm.demo.story"
    _description = "Demo Story"

    # --- TIME

    @api.model
    def _get_day(self, days_ago):
        """Return the day that was ``days_ago`` days before today."""
        company = self.env.ref("base.main_company")
        today = self.env["crm.sale.fact"]._get_today(company)
        return today - timedelta(days=int(days_ago))

    @api.model
    def _get_moment(self, day):
        """Return the evening of ``day`` in the company, as UTC."""
        company = self.env.ref("base.main_company")
        start = self.env["crm.sale.fact"]._get_day_start(day, company)
        return start + timedelta(hours=20)

    @api.model
    def _get_month_end(self, months_ago):
        """Return the last day of the month ``months_ago`` months before this one."""
        first = self._get_day(0).replace(day=1)
        return first - relativedelta(months=months_ago - 1) - timedelta(days=1)

    @contextlib.contextmanager
    def _as_if(self, moment):
        """Date back to ``moment`` the stays in segments that begin or end within."""
        begun = fields.Datetime.now()
        yield
        memberships = self.env["crm.segment.membership"]
        memberships.search([("date_start", ">=", begun)]).write({"date_start": moment})
        memberships.search([("date_end", ">=", begun)]).write({"date_end": moment})
        self.env.flush_all()

    # --- ORDERS OF THE FORMER SYSTEM

    @api.model
    def _read_rows(self, name):
        with file_open(f"{FOLDER}/{name}") as stream:
            return list(csv.DictReader(stream, delimiter="\t"))

    @api.model
    def _load_history(self):
        """Bring the orders of the former system in with the import, as Lin does."""
        user = self.env.ref("crm_strategy.res_users_lin")
        job = self.env["crm.sales.history.import"].with_user(user)
        job = job.create(
            {
                "name": self.env._("Orders of the former system"),
                "company_id": self.env.ref("base.main_company").id,
                "source": "former_erp",
                "create_customers": False,
                "create_products": False,
                "file_name": "orders_former_erp.csv",
                "file": b64encode(self._get_history_file().encode()),
            }
        )
        job.action_validate()
        job.action_queue()
        cache = {}
        while job.process_batch(cache):
            pass

    @api.model
    def _get_history_file(self):
        """Return the file with dates; what is no number of days stays as it is."""
        lines = []
        for row in self._read_rows("sales_history.tsv"):
            days_ago = row.pop("days_ago")
            day = self._get_day(days_ago) if days_ago.isdigit() else days_ago
            lines.append({"date": str(day), **row})
        header = ",".join(lines[0])
        rows = (
            ",".join(f'"{value}"' if "," in value else value for value in line.values())
            for line in lines
        )
        return "\n".join([header, *rows, ""])

    # --- ORDERS SINCE

    @api.model
    def _load_orders(self):
        """Enter the orders since the change-over and do what became of each."""
        quiet = self.with_context(mail_auto_subscribe_no_notify=True)
        rows = quiet._read_rows("sale_orders.tsv")
        drafts = dict(groupby(rows, lambda row: row["order"]))
        orders = quiet._create_orders(drafts)
        done = {}
        for lines, order in zip(drafts.values(), orders, strict=True):
            done.setdefault(lines[0]["outcome"], orders.browse())
            done[lines[0]["outcome"]] |= order
        for outcome, group in done.items():
            getattr(quiet, f"_do_{outcome}")(group)
        for lines, order in zip(drafts.values(), orders, strict=True):
            day = self._get_day(lines[0]["days_ago"])
            order.date_order = self._get_moment(day) - timedelta(hours=8)
        quiet._invoice_orders(done)

    @api.model
    def _create_orders(self, drafts):
        """Return the orders, each with an external ID by its number in the file."""
        partners = self._get_by_code("res.partner", "ref")
        products = self._get_by_code("product.product", "default_code")
        orders = self.env["sale.order"].create(
            [
                self._prepare_order_vals(lines, partners, products)
                for lines in drafts.values()
            ]
        )
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"crm_strategy.sale_order_{key}",
                    "record": order,
                    "noupdate": True,
                }
                for key, order in zip(drafts, orders, strict=True)
            ]
        )
        return orders

    @api.model
    def _get_by_code(self, model_name, field_name):
        records = self.env[model_name].search([(field_name, "!=", False)])
        return {record[field_name]: record for record in records}

    @api.model
    def _prepare_order_vals(self, rows, partners, products):
        partner = partners[rows[0]["customer"]]
        return {
            "partner_id": partner.id,
            "user_id": partner.user_id.id,
            "team_id": partner.user_id.sale_team_id.id,
            "order_line": [
                fields.Command.create(
                    {
                        "product_id": products[row["product"]].id,
                        "product_uom_qty": float(row["quantity"]),
                        "price_unit": float(row["price"]),
                    }
                )
                for row in rows
            ],
        }

    # what became of them, by the word in the file

    @api.model
    def _do_quotation(self, orders):
        """Quotations that nobody has sent yet."""

    @api.model
    def _do_sent(self, orders):
        orders.action_quotation_sent()

    @api.model
    def _do_cancelled(self, orders):
        orders._action_cancel()

    @api.model
    def _do_ordered(self, orders):
        orders.action_confirm()

    _do_invoiced = _do_credited = _do_corrected = _do_ordered

    @api.model
    def _invoice_orders(self, done):
        """Invoice, where the company has a chart of accounts; then take back."""
        if not self.env.ref("base.main_company").chart_template:
            return
        invoices = {
            outcome: self._create_invoices(done[outcome])
            for outcome in ("invoiced", "credited", "corrected")
        }
        self._pay_invoices(invoices["invoiced"])
        for invoice in invoices["credited"]:
            # the goods came back
            wizard = self._create_reversal(invoice, self.env._("Porous castings"))
            self.env["account.move"].browse(
                wizard.refund_moves()["res_id"]
            ).action_post()
        for invoice in invoices["corrected"]:
            # credited and invoiced again
            wizard = self._create_reversal(invoice, self.env._("Wrong address"))
            again = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
            again.invoice_date = wizard.date
            again.action_post()

    @api.model
    def _create_invoices(self, orders):
        """Return posted invoices of ``orders``, each of two days after its order."""
        terms = self.env.ref("account.account_payment_term_30days")
        invoices = orders._create_invoices(grouped=True)
        for invoice in invoices:
            order = invoice.line_ids.sale_line_ids.order_id
            invoice.invoice_date = order.date_order.date() + timedelta(days=2)
            invoice.invoice_payment_term_id = terms
        invoices.action_post()
        return invoices

    @api.model
    def _pay_invoices(self, invoices):
        """Register the money that came in on the oldest invoices."""
        limit = self._get_day(20)
        for invoice in invoices.filtered(lambda i: i.invoice_date < limit):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"payment_date": limit}).action_create_payments()

    @api.model
    def _create_reversal(self, invoice, reason):
        return (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "date": invoice.invoice_date + timedelta(days=6),
                    "reason": reason,
                    "journal_id": invoice.journal_id.id,
                }
            )
        )

    # --- CUSTOMERS

    @api.model
    def _merge(self, double, customer):
        """Merge the double of a customer into him, as the contact list does."""
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((double + customer).ids, customer)

    # --- SEGMENTS

    @api.model
    def _refresh_as_if(self, schemes, months_ago):
        """Refresh schemes as if at the end of a month that is over."""
        with self._as_if(self._get_moment(self._get_month_end(months_ago))):
            schemes._refresh()

    @api.model
    def _assign_as_if(self, customers, vals, months_ago):
        """Put customers into a segment by hand, as Lin did at a month's end.

        :param vals: values of the wizard ``crm.segment.assign``
        """
        user = self.env.ref("crm_strategy.res_users_lin")
        wizard = self.env["crm.segment.assign"].with_user(user)
        with self._as_if(self._get_moment(self._get_month_end(months_ago))):
            wizard.create({**vals, "partner_ids": customers.ids}).action_apply()

    # --- MEASURES

    @api.model
    def _refresh_measures(self):
        """Work out two years of every measure."""
        self.env["crm.measure"].search([("active", "=", True)])._refresh_values()
