from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

# How many customers a print takes; each is read by a fixed number of queries, about 60
MAX_PAGES = 50


class CrmCustomerPagePrint(models.AbstractModel):
    """The customer page on paper: the same dictionary, read by the same reader."""

    _name = "report.crm_service.customer_page_document"
    _description = "Customer Page (PDF)"

    @api.model
    def _get_report_values(self, docids, data=None):
        if len(docids) > MAX_PAGES:
            raise UserError(
                self.env._(
                    "You can print at most %(count)s customers at a time. Choose "
                    "fewer customers.",
                    count=MAX_PAGES,
                )
            )
        partners = self.env["res.partner"].browse(docids)
        pages = self.env["crm.customer.page"]
        return {
            "doc_ids": docids,
            "doc_model": "res.partner",
            "docs": partners,
            "pages": [(partner, pages.get_page(partner.id)) for partner in partners],
            "show": self._show,
            "company": self.env.company,
        }

    @api.model
    def _show(self, cell):
        """Return what a cell says, as the reader's language writes it."""
        if not isinstance(cell, dict):
            return cell or ""
        if cell["value"] is False:
            return ""
        show = {
            "monetary": self._show_amount,
            "integer": lambda cell: formatLang(self.env, cell["value"], digits=0),
            "float": lambda cell: formatLang(self.env, cell["value"], digits=2),
            "percent": lambda cell: self.env._("%s%%", cell["value"]),
            "date": self._show_day,
            "datetime": self._show_moment,
        }.get(cell["type"])
        return show(cell) if show else str(cell["value"])

    @api.model
    def _show_amount(self, cell):
        currency = self.env["res.currency"].browse(cell["currency_id"])
        return formatLang(self.env, cell["value"], currency_obj=currency)

    @api.model
    def _show_day(self, cell):
        day = fields.Date.to_date(cell["value"])
        return self.env["ir.qweb.field.date"].value_to_html(day, {})

    @api.model
    def _show_moment(self, cell):
        moment = fields.Datetime.to_datetime(cell["value"])
        return self.env["ir.qweb.field.datetime"].value_to_html(
            moment, {"hide_seconds": True}
        )
