from odoo.fields import Command
from odoo.tests import tagged

from .role_common import CHOICE, NUMBER, RoleCommon


@tagged("post_install", "-at_install")
class TestPartnerRoleRule(RoleCommon):
    """Rules of segments over roles, their attributes and observations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.smelter = cls._create_partner("Smelter")
        cls.trader = cls._create_partner("Trader")
        cls.nobody = cls._create_partner("Nobody")
        cls.partners = cls.smelter | cls.trader | cls.nobody
        cls._assign(cls.smelter, attributes={NUMBER: 500.0, CHOICE: "pre"})
        cls._assign(cls.trader, cls.dealer_role, attributes={NUMBER: 20.0})
        cls._observe(cls.smelter, "100", "2025-01-01")
        cls._observe(cls.smelter, "400", "2026-01-01")
        cls._observe(cls.trader, "300", "2025-01-01")
        cls._observe(cls.trader, "50", "2026-01-01")

    def _select(self, *rule):
        """Return the names of the customers whom a segment with ``rule`` holds."""
        domain = [("id", "in", self.partners.ids), *rule]
        scheme = self.env["crm.segmentation"].with_user(self.manager)
        scheme = scheme.create(
            {
                "name": "Roles",
                "kind": "free",
                "company_id": self.company_a.id,
                "segment_ids": [
                    Command.create(
                        {"name": "Tested", "method": "rule", "domain": str(domain)}
                    )
                ],
            }
        )
        scheme._refresh()
        stays = self.env["crm.segment.membership"].search(
            [("segmentation_id", "=", scheme.id)]
        )
        return sorted(stays.partner_id.mapped("name"))

    def test_rule_on_roles(self):
        self.assertEqual(
            self._select(("crm_role_ids", "in", self.customer_role.ids)), ["Smelter"]
        )
        self.assertEqual(self._select(("crm_role_ids.kind", "=", "dealer")), ["Trader"])
        self.assertEqual(self._select(("crm_role_ids", "=", False)), ["Nobody"])
        self.trader.role_assignment_ids.action_end()
        self.assertEqual(
            self._select(("crm_role_ids", "=", False)), ["Nobody", "Trader"]
        )

    def test_rule_on_static_attributes(self):
        self.assertEqual(
            self._select((f"role_assignment_ids.attributes.{NUMBER}", ">", 100)),
            ["Smelter"],
        )
        self.assertEqual(
            self._select(
                (
                    "role_assignment_ids",
                    "any",
                    [
                        ("state", "=", "active"),
                        (f"attributes.{CHOICE}", "=", "pre"),
                    ],
                )
            ),
            ["Smelter"],
        )

    def test_rule_on_observations(self):
        latest = [("attribute_id", "=", self.capacity.id), ("is_latest", "=", True)]
        self.assertEqual(
            self._select(
                ("observation_ids", "any", [*latest, ("value_number", ">", 200)])
            ),
            ["Smelter"],
        )
        self.assertEqual(
            self._select(("observation_ids.value_number", ">", 200)),
            ["Smelter", "Trader"],
        )
