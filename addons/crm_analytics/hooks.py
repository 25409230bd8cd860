from odoo.addons.crm_strategy.hooks import drop_leftovers


def uninstall_hook(env):
    """Remove what the host forgets or would stumble over: see crm_strategy."""
    drop_rfm_schemes(env)
    drop_leftovers(env, "crm_analytics")


def drop_rfm_schemes(env):
    """Drop the schemes made of RFM groups; their rules would mean nothing any more.

    Their history goes first, since no segment goes that ever had a customer.
    """
    policies = env["crm.rfm.policy"].with_context(active_test=False).search([])
    schemes = policies.segmentation_id
    env["crm.segment.membership"].search(
        [("segmentation_id", "in", schemes.ids)]
    ).unlink()
    schemes.unlink()
