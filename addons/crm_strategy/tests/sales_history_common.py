from base64 import b64encode

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

HEADER = "partner,date,order,product,quantity,amount,currency"


class SalesHistoryCase(TransactionCase):
    """Two companies, two currencies with rates, three roles.

    =============== ==================== =========================
    user            groups               may
    =============== ==================== =========================
    history_manager sales manager        import into the company
    history_seller  salesperson          see loaded orders
    history_other   sales manager        only the other company

    All may create customers and products, so only the import's own rules differ.
    =============== ==================== =========================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **DISABLED_MAIL_CONTEXT))
        cls.usd, cls.eur = cls.env.ref("base.USD"), cls.env.ref("base.EUR")
        (cls.usd + cls.eur).active = True
        cls.company, cls.other = cls.env["res.company"].create(
            [
                {"name": "History Ltd", "currency_id": cls.usd.id},
                {"name": "Other Ltd", "currency_id": cls.usd.id},
            ]
        )
        cls.env["res.currency.rate"].create(
            [
                {
                    "name": day,
                    "currency_id": cls.eur.id,
                    "rate": rate,
                    "company_id": cls.company.id,
                }
                for day, rate in (("2019-01-01", 0.8), ("2020-01-01", 0.5))
            ]
        )
        cls.manager = cls._create_user("history_manager", "sale_manager", cls.company)
        cls.seller = cls._create_user("history_seller", "sale_salesman", cls.company)
        cls.manager_other = cls._create_user("history_other", "sale_manager", cls.other)
        cls.env.invalidate_all()

    @classmethod
    def _create_user(cls, login, group, company):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"sales_team.group_{group},base.group_partner_manager,"
            "product.group_product_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _create_import(self, text, user=None, **vals):
        """Return an import of a file with this text (or bytes)."""
        user = user or self.manager
        content = text if isinstance(text, bytes) else text.encode()
        return (
            self.env["crm.sales.history.import"]
            .with_user(user)
            .create(
                {
                    "name": "history.csv",
                    "file_name": "history.csv",
                    "file": b64encode(content),
                    "company_id": user.company_id.id,
                    **vals,
                }
            )
        )

    def _validate(self, lines, header=HEADER, **vals):
        """Return a checked import of these lines below the header."""
        job = self._create_import("\n".join([header, *lines]) + "\n", **vals)
        job.action_validate()
        return job

    def _load(self, lines, header=HEADER, **vals):
        """Return an import that is done with these lines."""
        job = self._validate(lines, header, **vals)
        job.action_queue()
        self._run(job)
        return job

    def _run(self, job):
        while job.state in ("queued", "running", "undoing"):
            job.sudo().process_batch({})
        self.env.invalidate_all()

    def _get_order(self, key, company=None):
        return self.env["sale.order"].search(
            [
                ("sales_history_key", "=", key),
                ("company_id", "=", (company or self.company).id),
            ]
        )

    def _get_reasons(self, job):
        """Return {line number: code} of the rejected lines."""
        return {
            line.line_number: line.reason_code
            for line in self.env["crm.sales.history.line"].search(
                [("import_id", "=", job.id), ("reason_code", "!=", False)]
            )
        }
