"""Run in the host's shell before the installation: customers with orders."""

customer = env["res.partner"].create({"name": "Lifecycle Ltd", "is_company": True})  # noqa: F821
product = env["product.product"].create({"name": "Ingot", "type": "service"})  # noqa: F821
for _number in range(2):
    order = env["sale.order"].create(  # noqa: F821
        {
            "partner_id": customer.id,
            "order_line": [(0, 0, {"product_id": product.id, "price_unit": 100})],
        }
    )
    order.action_confirm()

# goods that were delivered and invoiced, and will be complained of
pail = env["product.product"].create(  # noqa: F821
    {"name": "Pail", "is_storable": True, "invoice_policy": "order", "list_price": 50}
)
shelf = env["stock.warehouse"].search([], limit=1).lot_stock_id  # noqa: F821
env["stock.quant"]._update_available_quantity(pail, shelf, 100)  # noqa: F821
order = env["sale.order"].create(  # noqa: F821
    {
        "partner_id": customer.id,
        "client_order_ref": "Pails",
        "order_line": [(0, 0, {"product_id": pail.id, "product_uom_qty": 10})],
    }
)
order.action_confirm()
order.picking_ids.move_ids.picked = True
order.picking_ids.button_validate()
invoice = order._create_invoices()
invoice.invoice_date = order.date_order.date()
invoice.action_post()
env.cr.commit()  # noqa: F821
