from odoo import api, fields, models

from ..complaint.crm_complaint import INTERNAL


class CrmComplaint(models.Model):
    """Who is calling and what is on the shelf, beside the complaint."""

    _inherit = "crm.complaint"

    customer_panel = fields.Json(
        compute="_compute_customer_panel",
        exportable=False,
        groups=INTERNAL,
    )
    stock_panel = fields.Json(
        "Available Stock",
        compute="_compute_stock_panel",
        exportable=False,
        groups=INTERNAL,
    )
    stock_ids = fields.One2many(
        "crm.complaint.stock",
        "complaint_id",
        string="Stock at the Decision",
        groups=INTERNAL,
    )

    # --- COMPUTE

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_customer_panel(self):
        """Read each figure once for all complaints of a company."""
        for company, complaints in self.grouped("company_id").items():
            panels = self.env["crm.service.panel"]._get_panels(
                complaints.partner_id, company
            )
            for complaint in complaints:
                panel = panels.get(complaint.partner_id.id)
                complaint.customer_panel = panel and complaint._without_self(panel)

    def _without_self(self, panel):
        """Return the ``panel`` of the customer with *earlier* complaints only."""
        own = self._origin
        earlier = [row for row in panel["complaints"] if row["id"] != own.id]
        is_counted = (
            own.commercial_partner_id.id == panel["customer_id"]
            and own.company_id.id == panel["company_id"]
        )
        count = panel["complaint_count"] - is_counted
        return {**panel, "complaints": earlier, "complaint_count": count}

    @api.depends("line_ids.product_id", "company_id", "stock_ids")
    @api.depends_context("uid", "lang")
    def _compute_stock_panel(self):
        """Return today's stock, and that of the last decision beside it."""
        for company, complaints in self.grouped("company_id").items():
            stock = self.env["crm.complaint.stock"]
            rows = stock._get_stock(complaints._get_stock_products(), company)
            for complaint in complaints:
                complaint.stock_panel = complaint._prepare_stock_panel(rows)

    def _get_stock_products(self):
        """Return the complained products and what can be sent in their place."""
        products = self.line_ids.product_id._origin
        substitutes = products.sudo().crm_substitute_ids  # style: CRM109 names, stock
        return products | substitutes.with_env(self.env)

    def _prepare_stock_panel(self, rows):
        """Return today's ``rows`` of this complaint beside what was kept of them."""
        products = self.line_ids.product_id._origin
        shown = self._get_stock_products()
        last = self.stock_ids._origin.sorted("date_kept")[-1:].date_kept
        proofs = self.stock_ids._origin.filtered(lambda s: s.date_kept == last)
        kept = {(s.product_id.id, s.warehouse_id.id): s.quantity_free for s in proofs}
        panel = [
            {
                **row,
                "is_substitute": row["product_id"] not in products.ids,
                "kept": kept.get((row["product_id"], row["warehouse_id"])),
            }
            for row in rows
            if row["product_id"] in shown.ids
        ]
        panel.sort(key=lambda row: row["is_substitute"])
        return {
            "rows": panel,
            "kept_at": last and fields.Datetime.to_string(last),
        }

    # --- BUSINESS

    def _on_decided(self):
        """What is on the shelf at this moment belongs to the decision."""
        self._keep_stock_proof()
        return super()._on_decided()

    def _keep_stock_proof(self):
        """Keep what was on the shelf at this instant; called by the decision.

        Each decision leaves rows of its own, one per product and warehouse, also
        where there was nothing. They are never changed.
        """
        proofs = self.env["crm.complaint.stock"].sudo()  # style: CRM109 a log
        vals_list = []
        for company, complaints in self.grouped("company_id").items():
            rows = proofs._get_stock(complaints._get_stock_products(), company)
            for complaint in complaints:
                shown = complaint._get_stock_products().ids
                vals_list += [
                    complaint._prepare_stock_proof(row)
                    for row in rows
                    if row["product_id"] in shown
                ]
        return proofs.create(vals_list)

    def _prepare_stock_proof(self, row):
        incoming = row["incoming"]
        return {
            "complaint_id": self.id,
            "product_id": row["product_id"],
            "is_substitute": row["product_id"] not in self.line_ids.product_id.ids,
            "warehouse_id": row["warehouse_id"],
            "quantity_free": row["free"],
            "quantity_incoming": sum(receipt["quantity"] for receipt in incoming),
            "date_incoming": incoming[0]["date"] if incoming else False,
            "lots": ", ".join(f"{lot['name']}: {lot['free']:g}" for lot in row["lots"]),
        }
