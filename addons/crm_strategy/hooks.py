from .models.sales_history.crm_sales_history_match import KEY_MODULE

PARTS = ("ir.model.inherit", "ir.model.fields.selection")


def uninstall_hook(env):
    """Remove what would stay behind; see the functions called."""
    drop_sales_history_keys(env)
    drop_leftovers(env, "crm_strategy")


def drop_sales_history_keys(env):
    """Remove the keys of loaded customers and products; the records stay."""
    env["ir.model.data"].search([("module", "=", KEY_MODULE)]).unlink()


def drop_leftovers(env, module):
    """Drop what the host forgets when ``module`` goes: ids and key constraints."""
    drop_foreign_ids(env, module)
    # of our fields on host tables: the host drops the column, not this record
    env["ir.model.constraint"].search(
        [("module.name", "=", module), ("type", "=", "f")]
    ).unlink()


def drop_foreign_ids(env, module):
    """Drop the external ids that host modules gave to parts of ``module``'s models.

    The host names the inherited parents and selections of a model after the module
    that brought them (mail, sms, portal). On uninstall those records go with their
    model, but without this their ids would stay behind.
    """
    own = {
        name.replace(".", "_")
        for name, model in env.registry.items()
        if model._original_module == module
    }
    ids = env["ir.model.data"].search(
        [("module", "!=", module), ("model", "in", PARTS)]
    )
    ids.filtered(lambda data: data.name.split("__")[1] in own).unlink()


def replace_rule_domains(env, domains):
    """Give released record rules a new domain, unless somebody has changed them.

    Rules are data that an update leaves alone, so a migration has to.

    :param domains: {external id: (domain as released, new domain, new name)}
    """
    for xmlid, (old, new, name) in domains.items():
        rule = env.ref(xmlid, raise_if_not_found=False)
        if rule and "".join((rule.domain_force or "").split()) == "".join(old.split()):
            rule.write({"domain_force": new, "name": name})
