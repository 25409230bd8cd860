from odoo.addons.crm_strategy.hooks import drop_leftovers


def uninstall_hook(env):
    """The cost of sales activities is that of their kind again."""
    env.cr.execute("UPDATE crm_sales_activity SET cost = kind_cost")
    drop_leftovers(env, "crm_service_expense")
