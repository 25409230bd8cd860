from collections import Counter

from odoo import fields, models
from odoo.tools import SQL


class CrmSalesHistoryImport(models.Model):
    """The result of the check: what would be loaded, and what is wrong."""

    _inherit = "crm.sales.history.import"

    def _count_check(self):
        lines, orders, valid, first, last = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), COUNT(DISTINCT order_key),
                          COUNT(DISTINCT order_key) FILTER (WHERE reason_code IS NULL),
                          MIN(moment) FILTER (WHERE reason_code IS NULL),
                          MAX(moment) FILTER (WHERE reason_code IS NULL)
                     FROM crm_sales_history_line WHERE import_id = %s""",
                self.id,
            )
        )[0]
        known = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM sale_order o
                    WHERE o.company_id = %s AND o.sales_history_source = %s
                      AND o.sales_history_key IN (
                          SELECT order_key FROM crm_sales_history_line
                           WHERE import_id = %s AND reason_code IS NULL)""",
                self.company_id.id,
                self.source,
                self.id,
            )
        )[0][0]
        self.write(
            {
                "line_count": lines,
                "order_count": orders,
                "valid_order_count": valid,
                "known_order_count": known,
                "date_first": first and fields.Date.to_date(first),
                "date_last": last and fields.Date.to_date(last),
                "amount_summary": self._get_amount_summary(),
                "problem_summary": self._get_problem_summary(),
            }
        )

    def _get_amount_summary(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT currency_code, SUM(amount) FROM crm_sales_history_line
                    WHERE import_id = %s AND reason_code IS NULL
                 GROUP BY currency_code ORDER BY currency_code""",
                self.id,
            )
        )
        digits = {
            currency.name: currency.decimal_places
            for currency in self.env["res.currency"].search([])
        }
        return "\n".join(f"{code} {total:,.{digits[code]}f}" for code, total in rows)

    def _get_problem_summary(self, shown=20):
        """Return the first problems, and how many there are of each kind."""
        bad = self.env["crm.sales.history.line"].search(
            [
                ("import_id", "=", self.id),
                ("reason_code", "not in", (False, "same_order")),
            ],
            limit=shown,
            order="line_number",
        )
        if not bad:
            return False
        counts = Counter(
            dict(
                self.env["crm.sales.history.line"]._read_group(
                    [("import_id", "=", self.id), ("reason_code", "!=", False)],
                    ["reason_code"],
                    ["__count"],
                )
            )
        )
        total = sum(counts.values())
        head = self.env._(
            "%(total)s lines are not loaded (%(own)s bad ones and the rest of their "
            "orders). The first:",
            total=total,
            own=total - counts["same_order"],
        )
        lines = [
            self.env._(
                "Line %(number)s: %(reason)s", number=b.line_number, reason=b.reason
            )
            for b in bad
        ]
        return "\n".join([head, *lines])
