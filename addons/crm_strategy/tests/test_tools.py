import doctest

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_strategy.tools import approval, dependencies


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
class TestApprovalTools(BaseCase):
    def test_examples_in_the_documentation_hold(self):
        result = doctest.testmod(approval)
        self.assertGreater(result.attempted, 25)
        self.assertEqual(result.failed, 0)

    def test_every_move_leads_to_a_state_and_back(self):
        """No document hangs: from each state but approved somebody can go on."""
        people = {"author", "requester", "approver"}
        self.assertEqual(
            {
                state: approval.allowed_events(approval.DOCUMENT_MOVES, state, people)
                for state in ("none", "pending", "returned", "approved", "rejected")
            },
            {
                "none": ["request"],
                "pending": ["approve", "return", "reject", "withdraw"],
                "returned": ["request"],
                "approved": [],
                "rejected": [],
            },
        )
        for state in ("approved", "rejected"):
            self.assertEqual(
                approval.move(approval.DOCUMENT_MOVES, state, "change"), "none"
            )
