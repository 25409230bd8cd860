from odoo.addons.crm_strategy.hooks import drop_leftovers


def uninstall_hook(env):
    """Repairs that were granted stay on record as an apology with their amount."""
    env["crm.complaint.policy"].with_context(active_test=False).search(
        [("remedy_type", "=", "repair")]
    ).unlink()
    env["crm.complaint.remedy"].search([("remedy_type", "=", "repair")])._convert(
        "apology"
    )
    drop_leftovers(env, "crm_service_repair")
