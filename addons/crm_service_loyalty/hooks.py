def uninstall_hook(env):
    """Coupons that were given stay on record as an apology with their amount."""
    env["crm.complaint.policy"].with_context(active_test=False).search(
        [("remedy_type", "=", "coupon")]
    ).unlink()
    env["crm.complaint.remedy"].search([("remedy_type", "=", "coupon")])._convert(
        "apology"
    )
