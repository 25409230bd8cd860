from odoo import api, models


class CrmSalesHistoryImport(models.Model):
    """The texts of what may be wrong with a file: what it is and what to do."""

    _inherit = "crm.sales.history.import"

    @api.model
    def _get_file_texts(self):
        """Return text by code of the problems that stop the whole file."""
        return {
            "empty": self.env._(
                "The file is empty, or its first line is. The first line has to name "
                "the columns; see the template."
            ),
            "workbook": self.env._(
                "This is a workbook, not a CSV file. Open it in the spreadsheet "
                "program and save it as “CSV UTF-8”."
            ),
            "binary": self.env._(
                "Line %(line)s holds bytes that no text has. Export the data as a "
                "CSV file in UTF-8."
            ),
            "encoding": self.env._(
                "Line %(line)s is not UTF-8. Save the file as “CSV UTF-8” and upload "
                "it again."
            ),
            "quotes": self.env._(
                "A quoted value that starts on line %(line)s does not end properly. "
                'Write a quotation mark inside quotes twice ("").'
            ),
            "missing_columns": self.env._(
                "The first line lacks the columns: %(columns)s. Name them exactly so, "
                "separated by comma, semicolon or tab."
            ),
            "double_columns": self.env._(
                "The first line names these columns twice: %(columns)s. Keep one of "
                "each."
            ),
            "no_lines": self.env._("The file has a first line but no orders below it."),
            "too_large": self.env._(
                "The file has %(size)s MB, more than the %(limit)s MB that are read "
                "at once. Split it by years; an order must not be split."
            ),
        }

    @api.model
    def _get_line_texts(self):
        """Return text by code of the problems of one line."""
        return (
            self._get_value_texts()
            | self._get_money_texts()
            | self._get_order_texts()
            | self._get_reference_texts()
        )

    @api.model
    def _get_value_texts(self):
        return {
            "width": self.env._(
                "The line has %(found)s values, the first line %(expected)s columns. "
                "Quote values that hold the delimiter."
            ),
            "missing": self.env._("The column %(column)s is empty. Fill it in."),
            "key": self.env._(
                "The column %(column)s is longer than %(limit)s characters or holds "
                "a line break. Shorten it."
            ),
            "date": self.env._("The date “%(value)s” is not written YYYY-MM-DD."),
            "no_such_day": self.env._("There is no day %(value)s. Correct the date."),
            "future": self.env._(
                "%(value)s lies in the future. History holds past orders only."
            ),
            "too_old": self.env._("%(value)s is before 1900. Correct the date."),
            "time": self.env._(
                "The time “%(value)s” is not written HH:MM or HH:MM:SS."
            ),
            "number": self.env._(
                "“%(value)s” in the column %(column)s is no number like 1234.50."
            ),
            "comma": self.env._(
                "“%(value)s” in the column %(column)s has a comma. Write 1234.50: a "
                "point before the decimals, nothing between thousands."
            ),
        }

    @api.model
    def _get_money_texts(self):
        return {
            "zero_quantity": self.env._(
                "The quantity is 0. Give a quantity or drop the line."
            ),
            "quantity_digits": self.env._(
                "The quantity has more than %(digits)s decimals. Round it, or raise "
                "the accuracy “Product Unit” first."
            ),
            "amount_digits": self.env._(
                "The amount has more decimals than %(currency)s (%(digits)s). Round it."
            ),
            "cost_sign": self.env._(
                "The cost has another sign than the quantity. Correct it."
            ),
            "unknown_currency": self.env._(
                "There is no currency “%(value)s”. Give the ISO code, like USD."
            ),
            "inactive_currency": self.env._(
                "The currency %(value)s is not active. Activate it under "
                "Accounting ▸ Configuration ▸ Currencies, then check again."
            ),
            "no_rate": self.env._(
                "There is no exchange rate of %(value)s on or before %(date)s. Enter "
                "one under Accounting ▸ Configuration ▸ Currencies."
            ),
            "truth": self.env._("partner_is_company is “%(value)s”. Write 1 or 0."),
        }

    @api.model
    def _get_order_texts(self):
        return {
            "repeated_key": self.env._(
                "The order already has the line key “%(value)s” on line %(line)s. "
                "Number the lines of an order apart."
            ),
            "repeated_line": self.env._(
                "The line repeats line %(line)s. If the order really has both, number "
                "them in a column “line”; otherwise drop one."
            ),
            "contradiction": self.env._(
                "The lines of this order differ in: %(columns)s. An order has one of "
                "each; correct it, or give the orders different keys."
            ),
            "negative_order": self.env._(
                "The order adds up to less than zero. Returns belong to the order "
                "that they reduce: give them its key."
            ),
            "refused": self.env._("The database refused the order: %(error)s"),
        }

    @api.model
    def _get_reference_texts(self):
        return {
            "salesperson": self.env._(
                "No internal user of %(company)s has the login “%(value)s”. Correct "
                "it or leave it empty."
            ),
            "country": self.env._(
                "There is no country “%(value)s”. Give the ISO code, like US."
            ),
            "unknown_partner": self.env._(
                "There is no customer “%(value)s”. Create it, or let the import "
                "create missing customers."
            ),
            "unknown_product": self.env._(
                "There is no product “%(value)s”. Create it, or let the import "
                "create missing products."
            ),
            "other_company": self.env._(
                "“%(value)s” (%(name)s) belongs to the company %(company)s. Clear its "
                "company or load the order there."
            ),
            "several": self.env._(
                "“%(value)s” is the reference of several records. Make the reference "
                "unique, or give an external ID."
            ),
            "combo": self.env._(
                "“%(value)s” is a combo. Give the products that it holds."
            ),
            "same_order": self.env._(
                "Not loaded because line %(line)s of the same order is wrong."
            ),
        }

    @api.model
    def _get_reason(self, code, **params):
        """Return the text of one problem of a line."""
        return self._get_line_texts()[code] % params
