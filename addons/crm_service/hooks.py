from odoo.addons.crm_strategy.hooks import drop_leftovers


def uninstall_hook(env):
    """Remove what the host forgets; see crm_strategy."""
    drop_leftovers(env, "crm_service")
