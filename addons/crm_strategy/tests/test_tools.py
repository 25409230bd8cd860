import doctest

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_strategy.tools import (
    dependencies,
    observation_value,
    role_states,
)


@tagged("post_install", "-at_install")
class TestDependencies(BaseCase):
    def test_examples_in_the_documentation_hold(self):
        result = doctest.testmod(dependencies)
        self.assertGreater(result.attempted, 5)
        self.assertEqual(result.failed, 0)

    def test_a_long_chain_is_ordered_without_recursion(self):
        chain = {node: {node + 1} for node in range(5000)}
        self.assertEqual(
            dependencies.in_dependency_order([0, 2500, 4999], chain), [4999, 2500, 0]
        )
        self.assertEqual(dependencies.find_cycle(chain, 0), [])
        chain[5000] = {0}
        self.assertEqual(len(dependencies.find_cycle(chain, 0)), 5002)


@tagged("post_install", "-at_install")
class TestPartnerRoleTools(BaseCase):
    def test_examples_in_the_documentation_hold(self):
        for module in (observation_value, role_states):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 5, module.__name__)
            self.assertEqual(result.failed, 0, module.__name__)
