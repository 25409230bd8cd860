from odoo.tests import TransactionCase, tagged

from .migration_common import run_migration

RULES = {
    "crm_segment_membership_rule_user": "[('partner_id.user_id','in',[user.id,False])]",
    "crm_sale_movement_rule_salesman": (
        "['|', ('user_id', '=', user.id), ('user_id', '=', False)]"
    ),
}


@tagged("post_install", "-at_install")
class TestMigrationTree(TransactionCase):
    """Rules are released data: an update has to widen those of an old database."""

    def _migrate(self, version="19.0.1.0.0"):
        run_migration(self.env.cr, "19.0.1.1.0", version)

    def setUp(self):
        super().setUp()
        self.rules = {
            name: self.env.ref(f"crm_strategy.{name}") for name in sorted(RULES)
        }
        self.installed = self._get_domains()
        for name, rule in self.rules.items():
            rule.domain_force = RULES[name]

    def _get_domains(self):
        return {name: rule.domain_force for name, rule in self.rules.items()}

    def test_released_rules_become_what_a_new_installation_has(self):
        for _again in range(2):
            self._migrate()
            self.assertEqual(self._get_domains(), self.installed)

    def test_a_rule_that_somebody_changed_is_left_alone(self):
        changed = self.rules["crm_sale_movement_rule_salesman"]
        changed.domain_force = "[('user_id', '=', user.id)]"
        self._migrate()
        self.assertEqual(changed.domain_force, "[('user_id', '=', user.id)]")

    def test_a_new_installation_is_not_migrated(self):
        self._migrate(version=None)
        self.assertNotEqual(self._get_domains(), self.installed)
