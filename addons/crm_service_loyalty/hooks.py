from odoo.addons.crm_strategy.hooks import drop_leftovers


def uninstall_hook(env):
    """Coupons that were given stay on record as an apology with their amount."""
    env["crm.complaint.policy"].with_context(active_test=False).search(
        [("remedy_type", "=", "coupon")]
    ).unlink()
    env["crm.complaint.remedy"].search([("remedy_type", "=", "coupon")])._convert(
        "apology"
    )
    drop_programme(env)
    drop_leftovers(env, "crm_service_loyalty")


def drop_programme(env):
    """Remove the programme and the product that the host made for its discount.

    Once coupons were given they are the customers', and what they were used on names
    the product: then both stay, as the host's own.
    """
    programme = env.ref("crm_service_loyalty.loyalty_program_complaint", False)
    if not programme:
        return
    if programme.coupon_ids:
        data = env["ir.model.data"]
        data.search(
            [("model", "=", programme._name), ("res_id", "=", programme.id)]
        ).unlink()
        return
    product = programme.reward_ids.discount_line_product_id
    programme.active = False
    programme.unlink()
    if "product.value" in env:  # the host's log of prices stays without its product
        env["product.value"].search([("product_id", "in", product.ids)]).unlink()
    product.unlink()  # and its template, as the only variant
