import doctest

from odoo.tests import BaseCase, tagged

from ..tools import alert_condition, concept_states, day_bounds


@tagged("post_install", "-at_install")
class TestConceptTools(BaseCase):
    def test_examples_of_the_kernel(self):
        for module in (alert_condition, concept_states, day_bounds):
            with self.subTest(module=module.__name__):
                failed, attempted = doctest.testmod(module)
                self.assertEqual(failed, 0)
                self.assertGreater(attempted, 5)

    def test_every_state_can_be_left_and_reached(self):
        for table in (
            concept_states.NEED,
            concept_states.LESSON,
            concept_states.DECISION,
            concept_states.ALERT,
        ):
            sources = {state for state, _action in table}
            self.assertEqual(sources, sources | set(table.values()))
