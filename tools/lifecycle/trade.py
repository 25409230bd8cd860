"""Run in the host's shell before the installation: a customer with orders."""

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
env.cr.commit()  # noqa: F821
