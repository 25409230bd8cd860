from odoo.tests import BaseCase, tagged

from odoo.addons.crm_strategy.tools import dependencies


@tagged("post_install", "-at_install")
class TestDependencies(BaseCase):
    def test_a_long_chain_is_ordered_without_recursion(self):
        chain = {node: {node + 1} for node in range(5000)}
        self.assertEqual(
            dependencies.in_dependency_order([0, 2500, 4999], chain), [4999, 2500, 0]
        )
        self.assertEqual(dependencies.find_cycle(chain, 0), [])
        chain[5000] = {0}
        self.assertEqual(len(dependencies.find_cycle(chain, 0)), 5002)
