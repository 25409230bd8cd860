from odoo import SUPERUSER_ID, api

from odoo.addons.crm_strategy.hooks import replace_rule_domains

OLD = "['|', ('partner_id.user_id', '=', user.id), ('partner_id.user_id', '=', False)]"
NEW = "[('partner_id.user_id', 'in', user.crm_tree_user_ids.ids + [False])]"
MODELS = (
    "crm.customer.scorecard",
    "crm.customer.scorecard.history",
    "crm.segment.scorecard.report",
)


def migrate(cr, version):
    """Widen the rules on own customers to the team tree; refresh scorecards fully.

    The first refresh lists the orders with credit notes, which later ones look up.
    """
    if not version:
        return
    cr.execute("UPDATE crm_rfm_policy SET watermark = NULL")
    replace_rule_domains(
        api.Environment(cr, SUPERUSER_ID, {}),
        {
            f"crm_analytics.{model.replace('.', '_')}_rule_own": (
                OLD,
                NEW,
                f"{model}: customers of the team tree and of nobody",
            )
            for model in MODELS
        },
    )
