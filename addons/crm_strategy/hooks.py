from .models.crm_sales_history_match import KEY_MODULE


def uninstall_hook(env):
    """Remove the keys of loaded customers and products; the records stay."""
    env["ir.model.data"].search([("module", "=", KEY_MODULE)]).unlink()
