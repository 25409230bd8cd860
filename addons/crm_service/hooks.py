from odoo.addons.crm_strategy.hooks import drop_leftovers


def uninstall_hook(env):
    """Remove what the host forgets; see crm_strategy."""
    # the host drops the counters of years with these records, not with their owner
    counters = env["ir.sequence"].search([("code", "=", "crm.complaint")])
    counters.date_range_ids.unlink()
    drop_leftovers(env, "crm_service")
