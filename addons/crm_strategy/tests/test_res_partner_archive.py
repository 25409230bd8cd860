from odoo.tests import tagged

from .policy_common import PolicyCommon


@tagged("post_install", "-at_install")
class TestMassArchive(PolicyCommon):
    """Many customers archived at once: everything of theirs follows, in few queries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env["crm.partner.role"].create(
            {
                "name": "Caster",
                "kind": "customer",
                "division_id": cls.env["crm.division"].create({"name": "Alloys"}).id,
            }
        )
        cls.lifecycle = cls.env["crm.lifecycle.policy"].create(
            {"company_id": cls.company_a.id}
        )

    def _create_mills(self, count):
        mills = self.env["res.partner"]
        for number in range(count):
            mills |= self._create_customer(f"Mass mill {number}", ref="mill")
        self.env["crm.partner.role.assignment"].create(
            [
                {
                    "partner_id": mill.id,
                    "role_id": self.role.id,
                    "company_id": self.company_a.id,
                    "date_from": "2024-01-01",
                    "state": "active",
                }
                for mill in mills
            ]
        )
        self.scheme._refresh()
        self.lifecycle._refresh()
        return mills

    def _get_present(self, partners):
        """Return how many stay in segments, in lifecycle states, and hold roles."""
        own = [("partner_id", "in", partners.ids)]
        return (
            self.env["crm.segment.membership"].search_count(
                [*own, ("date_end", "=", False)]
            ),
            self.env["crm.lifecycle.transition"].search_count(
                [*own, ("date_end", "=", False)]
            ),
            self.env["crm.partner.role.assignment"].search_count(
                [*own, ("state", "=", "active")]
            ),
        )

    def test_mass_archive_closes_everything_and_comes_back(self):
        mills = self._create_mills(40)
        self.assertEqual(self._get_present(mills), (40, 40, 40))
        mills.action_archive()
        self.assertEqual(self._get_present(mills), (0, 0, 0))
        mills.action_unarchive()
        self.assertEqual(self._get_present(mills), (0, 0, 40), "roles only rested")
        self.scheme._refresh()
        self.lifecycle._refresh()
        self.assertEqual(self._get_present(mills), (40, 40, 40))

    def test_mass_archive_costs_the_same_for_many(self):
        few, many = self._create_mills(5), self._create_mills(45)
        self._create_mills(2).action_archive()  # fills the caches
        counts = []
        for partners in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            partners.action_archive()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1] - counts[0], 10, counts)
