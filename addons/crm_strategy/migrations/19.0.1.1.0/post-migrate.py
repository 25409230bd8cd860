from odoo import SUPERUSER_ID, api

from odoo.addons.crm_strategy.hooks import replace_rule_domains

TREE_OF_ORDERS = (
    "['|', ('user_id', 'in', user.crm_tree_user_ids.ids + [False]), "
    "('team_id', 'in', user.crm_tree_team_ids.ids)]"
)
DOMAINS = {
    "crm_strategy.crm_segment_membership_rule_user": (
        "[('partner_id.user_id', 'in', [user.id, False])]",
        "[('partner_id.user_id', 'in', user.crm_tree_user_ids.ids + [False])]",
        "Segment membership: customers of the team tree and of nobody",
    ),
    "crm_strategy.crm_sale_movement_rule_salesman": (
        "['|', ('user_id', '=', user.id), ('user_id', '=', False)]",
        TREE_OF_ORDERS,
        "Purchases and Refunds: orders of the team tree and of nobody",
    ),
}


def migrate(cr, version):
    """Widen the rules on own customers to the team tree."""
    if not version:
        return
    replace_rule_domains(api.Environment(cr, SUPERUSER_ID, {}), DOMAINS)
