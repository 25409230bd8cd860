from odoo.addons.crm_strategy.hooks import drop_foreign_ids


def uninstall_hook(env):
    """Remove the external ids that host modules gave to parts of our models."""
    drop_foreign_ids(env, "crm_analytics")
