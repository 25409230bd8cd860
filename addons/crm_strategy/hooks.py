ADDONS = ("crm_strategy", "crm_service", "crm_analytics")
PARTS = ("ir.model.inherit", "ir.model.fields.selection")


def uninstall_hook(env):
    """Drop the external ids that host modules gave to parts of our models.

    The host names the inherited parents and selections of a model after the module
    that brought them (mail, sms, portal). On uninstall those records go with their
    model, but without this their ids would stay behind.
    """
    own = {
        name.replace(".", "_")
        for name, model in env.registry.items()
        if model._original_module in ADDONS
    }
    ids = env["ir.model.data"].search(
        [("module", "not in", ADDONS), ("model", "in", PARTS)]
    )
    ids.filtered(lambda data: data.name.split("__")[1] in own).unlink()
