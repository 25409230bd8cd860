from datetime import timezone
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import sales_history

STAGE_SIZE = 5000
KEY_SIZE = 10000
MAX_MEGABYTES = 512


class CrmSalesHistoryImport(models.Model):
    """The check of a file, in one pass and a few set-based statements.

    The lines go into ``crm.sales.history.line``, good and bad alike; what is
    wrong with single lines is known from the pass itself, what is wrong between
    lines or against the database is found there.
    """

    _inherit = "crm.sales.history.import"

    def _check_file(self):
        """Stage, check and count; raises UserError if the file cannot be read."""
        self.ensure_one()
        self._clear_check()
        parameters = self.env["ir.config_parameter"].sudo()  # style: CRM109 a limit
        limit = int(
            parameters.get_param("crm_strategy.sales_history_max_mb", MAX_MEGABYTES)
        )
        size = self._get_attachment().file_size // 1024**2
        try:
            if size > limit:
                raise sales_history.FileProblem("too_large", size=size, limit=limit)
            self._stage_file()
        except sales_history.FileProblem as problem:
            text = self._get_file_texts()[problem.code]
            raise UserError(text % problem.params) from problem
        self.env.cr.execute("ANALYZE crm_sales_history_line")
        self._check_orders()
        self._check_references()
        self._reject_rest_of_orders()
        self._count_check()

    def _clear_check(self):
        self.env["crm.sales.history.line"].flush_model()
        self.env.cr.execute(
            SQL("DELETE FROM crm_sales_history_line WHERE import_id = %s", self.id)
        )
        self.env["crm.sales.history.line"].invalidate_model()
        self.write(
            {
                "amount_summary": False,
                "problem_summary": False,
                "ignored_columns": False,
                "rejects_file": False,
                "date_first": False,
                "date_last": False,
                **{
                    name: 0
                    for name, field in self._fields.items()
                    if name.endswith("_count") and field.store
                },
            }
        )

    # --- STAGING ---

    def _get_rules(self):
        """Return what single lines are checked against."""
        currencies = self.env["res.currency"].with_context(active_test=False).search([])
        active = currencies.filtered("active")
        own = self.company_id.currency_id
        rate_model = self.env["res.currency.rate"]
        all_rates = rate_model.sudo()  # style: CRM109 rates are no secret
        rates = dict(
            all_rates._read_group(
                [
                    ("company_id", "in", (False, self.company_id.root_id.id)),
                    ("currency_id", "in", active.ids),
                ],
                ["currency_id"],
                ["name:min"],
            )
        )
        return sales_history.Rules(
            today=self.env["crm.sale.fact"]._get_today(self.company_id),
            quantity_digits=self.env["decimal.precision"].precision_get("Product Unit"),
            currency_digits={c.name: c.decimal_places for c in active},
            inactive_currencies=frozenset((currencies - active).mapped("name")),
            first_rates={c.name: rates.get(c) for c in active - own},
        )

    def _stage_file(self):
        rules = self._get_rules()
        texts = self._get_line_texts()
        rows, count = [], 0
        with self._open_file() as stream:
            header, records = sales_history.read_file(stream)
            for number, values in records:
                line = sales_history.parse_line(number, values, header, rules)
                rows.append(self._prepare_staged_line(line, texts))
                count += 1
                if len(rows) == STAGE_SIZE:
                    self._insert_rows("crm_sales_history_line", rows)
                    rows = []
        self._insert_rows("crm_sales_history_line", rows)
        if not count:
            raise sales_history.FileProblem("no_lines")
        self.ignored_columns = ", ".join(header.ignored) or False

    def _prepare_staged_line(self, line, texts):
        reasons = [texts[code] % params for code, params in line.problems]
        return {
            "import_id": self.id,
            "line_number": line.number,
            "order_key": line.order,
            "partner_key": line.partner,
            "product_key": line.product,
            "line_key": line.key,
            "moment": line.moment,
            "quantity": line.quantity,
            "amount": line.amount,
            "cost": line.cost,
            "currency_code": line.currency,
            "login": line.login,
            "details": line.details or None,
            "reason_code": line.problems[0][0] if line.problems else None,
            "reason": " ".join(reasons) or None,
        }

    def _get_utc(self, moment):
        """Return the UTC time of a local time of the company."""
        zone = ZoneInfo(self.env["crm.sale.fact"]._get_timezone(self.company_id))
        aware = moment.replace(tzinfo=zone)
        return aware.astimezone(timezone.utc).replace(tzinfo=None)

    # --- BETWEEN LINES ---

    def _reject_lines(self, reasons):
        """Mark lines as bad: ``reasons`` is a list of (line number, code, text)."""
        if not reasons:
            return
        numbers, codes, texts = (list(column) for column in zip(*reasons, strict=True))
        self.env.cr.execute(
            SQL(
                """UPDATE crm_sales_history_line l
                      SET reason_code = COALESCE(l.reason_code, bad.code),
                          reason = CONCAT_WS(' ', l.reason, bad.reason)
                     FROM unnest(%s::int[], %s::varchar[], %s::text[])
                          AS bad (number, code, reason)
                    WHERE l.import_id = %s AND l.line_number = bad.number""",
                numbers,
                codes,
                texts,
                self.id,
            )
        )

    def _reject_values(self, column: SQL, problems):
        """Mark every line whose ``column`` has a bad value.

        :param problems: dict value -> (code, params)
        """
        if not problems:
            return
        texts = self._get_line_texts()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_sales_history_line l
                      SET reason_code = COALESCE(l.reason_code, bad.code),
                          reason = CONCAT_WS(' ', l.reason, bad.reason)
                     FROM unnest(%s::varchar[], %s::varchar[], %s::text[])
                          AS bad (value, code, reason)
                    WHERE l.import_id = %s AND %s = bad.value""",
                list(problems),
                [code for code, _params in problems.values()],
                [texts[code] % params for code, params in problems.values()],
                self.id,
                column,
            )
        )

    def _check_orders(self):
        """Reject what contradicts or repeats another line of the same order."""
        self._check_contradictions()
        self._check_repeated_lines()
        texts = self._get_line_texts()
        negative = self.env.execute_query(
            SQL(
                """SELECT MIN(line_number) FROM crm_sales_history_line
                    WHERE import_id = %s AND order_key IS NOT NULL
                 GROUP BY order_key HAVING SUM(amount) < 0""",
                self.id,
            )
        )
        self._reject_lines(
            [
                (number, "negative_order", texts["negative_order"])
                for (number,) in negative
            ]
        )

    def _check_contradictions(self):
        labels = ["partner", "date", "currency", "salesperson"]
        rows = self.env.execute_query(
            SQL(
                """SELECT MIN(line_number),
                          MIN(partner_key) <> MAX(partner_key),
                          MIN(moment) <> MAX(moment),
                          MIN(currency_code) <> MAX(currency_code),
                          MIN(COALESCE(login, '')) <> MAX(COALESCE(login, ''))
                     FROM crm_sales_history_line
                    WHERE import_id = %s AND order_key IS NOT NULL
                 GROUP BY order_key
                   HAVING MIN(partner_key) <> MAX(partner_key)
                       OR MIN(moment) <> MAX(moment)
                       OR MIN(currency_code) <> MAX(currency_code)
                       OR MIN(COALESCE(login, '')) <> MAX(COALESCE(login, ''))""",
                self.id,
            )
        )
        text = self._get_line_texts()["contradiction"]
        self._reject_lines(
            [
                (
                    number,
                    "contradiction",
                    text
                    % {
                        "columns": ", ".join(
                            label
                            for label, differs in zip(labels, flags, strict=True)
                            if differs
                        )
                    },
                )
                for number, *flags in rows
            ]
        )

    def _check_repeated_lines(self):
        texts = self._get_line_texts()
        rows = self.env.execute_query(
            SQL(
                """SELECT line_number, first, line_key FROM (
                       SELECT line_number, line_key,
                              MIN(line_number) OVER same AS first
                         FROM crm_sales_history_line
                        WHERE import_id = %s AND order_key IS NOT NULL
                       WINDOW same AS (
                           PARTITION BY order_key, line_key,
                               CASE WHEN line_key IS NULL THEN
                                   (partner_key, product_key, moment, quantity,
                                    amount, cost, currency_code, login)::text
                               END)
                   ) numbered WHERE line_number > first ORDER BY line_number""",
                self.id,
            )
        )
        reasons = []
        for number, first, key in rows:
            code = "repeated_key" if key else "repeated_line"
            text = texts[code] % {"line": first, "value": key}
            reasons.append((number, code, text))
        self._reject_lines(reasons)

    def _reject_rest_of_orders(self):
        """An order with a bad line is rejected as a whole."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_sales_history_line l
                      SET reason_code = 'same_order',
                          reason = REPLACE(%s, '%%(line)s', bad.number::text)
                     FROM (SELECT order_key, MIN(line_number) AS number
                             FROM crm_sales_history_line
                            WHERE import_id = %s AND reason_code IS NOT NULL
                              AND order_key IS NOT NULL
                         GROUP BY order_key) bad
                    WHERE l.import_id = %s AND l.order_key = bad.order_key
                      AND l.reason_code IS NULL""",
                self._get_line_texts()["same_order"],
                self.id,
                self.id,
            )
        )

    # --- AGAINST THE DATABASE ---

    def _get_distinct(self, column: SQL):
        """Return the distinct values of a column of the staged lines."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT %s FROM crm_sales_history_line l
                    WHERE import_id = %s AND %s IS NOT NULL""",
                column,
                self.id,
                column,
            )
        )
        return [value for (value,) in rows]

    def _check_references(self):
        """Reject lines that name a person, country, customer or product in vain."""
        column = SQL("l.login")
        logins = self._get_distinct(column)
        missing = set(logins) - self._get_salespersons(logins).keys()
        company = self.company_id.name
        self._reject_values(
            column,
            {v: ("salesperson", {"value": v, "company": company}) for v in missing},
        )
        column = SQL("l.details->>'country'")
        missing = set(self._get_distinct(column)) - self._get_countries().keys()
        self._reject_values(column, {v: ("country", {"value": v}) for v in missing})
        self.customer_count, self.new_customer_count = self._check_keys("res.partner")
        self.product_count, self.new_product_count = self._check_keys("product.product")

    def _check_keys(self, model_name):
        """Reject lines whose customer or product cannot be used.

        Return the number of distinct keys and how many of them will be created.
        """
        column = SQL("l.partner_key")
        create, unknown = self.create_customers, "unknown_partner"
        if model_name == "product.product":
            column = SQL("l.product_key")
            create, unknown = self.create_products, "unknown_product"
        keys = self._get_distinct(column)
        new = 0
        for start in range(0, len(keys), KEY_SIZE):
            part = keys[start : start + KEY_SIZE]
            found, problems = self._match_keys(model_name, part)
            missing = [k for k in part if k not in found and k not in problems]
            new += len(missing)
            if not create:
                problems |= {key: (unknown, {"value": key}) for key in missing}
            self._reject_values(column, problems)
        return len(keys), new if create else 0

    @api.model
    def _get_countries(self):
        return {c.code: c.id for c in self.env["res.country"].search([])}

    def _get_salespersons(self, logins):
        """Return {login: user} of internal users of the company, left ones too."""
        every_user = self.env["res.users"].sudo()  # style: CRM109 names of colleagues
        users = every_user.with_context(active_test=False).search(
            [
                ("login", "in", list(logins)),
                ("share", "=", False),
                ("company_ids", "in", self.company_id.ids),
            ]
        )
        return {user.login: user for user in users}
