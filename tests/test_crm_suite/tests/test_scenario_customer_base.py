from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .builders import SalesWorld
from .common import SuiteCase

RULES = {
    "interest_days": 90,
    "loyal_min_orders": 3,
    "loyal_min_tenure_days": 90,
    "loyal_max_interval_days": 0,
    "loyal_min_satisfaction": 0,
    "lapse_days": 180,
    "lapse_factor": 0,
    "lapse_choice": "later",
}


class CustomerBaseCase(SuiteCase):
    """An aluminium group sets up its customer base.

    Loyal is who has ordered three times within 90 days or more; 180 days without
    an order, and a customer has lapsed.

    ======= =========== ========= ================== ==================== ========
    company salesperson division  role               orders               state
    ======= =========== ========= ================== ==================== ========
    Rhine   Anna        Primary   Foundry customer   10 Jan, 10 Mar, 20   loyal
                                                     June 2024
    Tyne    Anna        Alumina   Smelter customer   1 May 2023           lapsed
    Vistula Bert        Chemicals Chemicals customer 1 June 2024          buying
    Zambezi nobody      Primary   Metal dealer       none                 prospect
    ======= =========== ========= ================== ==================== ========
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world = SalesWorld(cls.env)
        cls.company = world.second_company("Aluminium Group")
        cls.manager = cls._create_user("manager", "sales_team.group_sale_manager")
        cls.anna = cls._create_user("anna", "sales_team.group_sale_salesman")
        cls.bert = cls._create_user("bert", "sales_team.group_sale_salesman")
        world = SalesWorld(cls.env, cls.company)
        cls.env = world.env
        cls.rhine = world.company_customer("Rhine", cls.anna)
        cls.tyne = world.company_customer("Tyne", cls.anna)
        cls.vistula = world.company_customer("Vistula", cls.bert)
        cls.zambezi = world.company_customer("Zambezi")
        cls.buyer = world.contact(cls.rhine, "Rhine's buyer")
        cls.customers = cls.rhine + cls.tyne + cls.vistula + cls.zambezi
        cls.customers.company_id = cls.company
        for partner, days in (
            (cls.rhine, ("2024-01-10", "2024-06-20")),
            (cls.buyer, ("2024-03-10",)),
            (cls.tyne, ("2023-05-01",)),
            (cls.vistula, ("2024-06-01",)),
        ):
            for day in days:
                world.order(partner, day, 1000)

    @classmethod
    def _create_user(cls, name, group):
        return new_test_user(
            cls.env,
            f"customer_base_{name}",
            groups=group,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    # --- STEPS OF THE STORY

    def _create_divisions(self, user):
        """Set up three divisions, each with what is to be known of its partners."""
        attributes = {
            "Alumina": ("a1", "Annual consumption (kt)", "float"),
            "Primary": ("a2", "Alloys bought", "char"),
            "Chemicals": ("a3", "Drinking water grade", "boolean"),
        }
        divisions = self.env["crm.division"].with_user(user)
        return divisions.create(
            [
                {
                    "name": name,
                    "attribute_definition": [
                        {"name": key, "string": label, "type": kind}
                    ],
                }
                for name, (key, label, kind) in attributes.items()
            ]
        )

    def _give_roles(self, user, divisions):
        alumina, primary, chemicals = divisions
        roles = self.env["crm.partner.role"].with_user(user)
        smelter, foundry, dealer, chemical = roles.create(
            [
                {"name": "Smelter customer", "division_id": alumina.id},
                {"name": "Foundry customer", "division_id": primary.id},
                {"name": "Metal dealer", "division_id": primary.id, "kind": "dealer"},
                {"name": "Chemicals customer", "division_id": chemicals.id},
            ]
        )
        return (
            self.env["crm.partner.role.assignment"]
            .with_user(user)
            .create(
                [
                    {
                        "partner_id": partner.id,
                        "role_id": role.id,
                        "company_id": self.company.id,
                        "date_from": "2024-01-01",
                        "attributes": attributes,
                    }
                    for partner, role, attributes in (
                        (self.rhine, foundry, {"a2": "A356"}),
                        (self.tyne, smelter, {"a1": 120.0}),
                        (self.vistula, chemical, {"a3": True}),
                        (self.zambezi, dealer, {}),
                    )
                ]
            )
        )

    def _refresh_lifecycle(self):
        policy = self.env["crm.lifecycle.policy"].create(
            {"company_id": self.company.id, **RULES}
        )
        self.env.flush_all()
        policy.action_refresh()

    def _create_scheme(self, user):
        scheme = (
            self.env["crm.segmentation"]
            .with_user(user)
            .create(
                {
                    "name": "Treatment",
                    "company_id": self.company.id,
                    "segment_ids": [
                        Command.create({"name": name, "domain": repr(domain)})
                        for name, domain in (
                            ("Sells on", [("crm_role_ids.kind", "=", "dealer")]),
                            ("To keep", [("lifecycle_state", "=", "loyal")]),
                            ("To win back", [("lifecycle_state", "=", "lapsed")]),
                        )
                    ],
                }
            )
        )
        self.env.flush_all()
        scheme._refresh()
        return scheme


@tagged("post_install", "-at_install")
@freeze_time("2024-07-01 09:00:00")
class TestScenarioCustomerBase(CustomerBaseCase):
    def setUp(self):
        super().setUp()
        divisions = self._create_divisions(self.manager)
        self.assignments = self._give_roles(self.manager, divisions)
        self._refresh_lifecycle()
        self.scheme = self._create_scheme(self.manager)
        self.env.invalidate_all()

    def test_manager_sees_who_is_what(self):
        """Roles, states and segments stand beside each other, attributes as set up."""
        rows = {
            partner.name: (
                partner.role_names,
                partner.lifecycle_state,
                partner.segment_ids.filtered(
                    lambda segment: segment.segmentation_id == self.scheme
                ).mapped("name"),
            )
            for partner in self.customers.with_user(self.manager)
        }
        self.assertEqual(
            rows,
            {
                "Rhine": ("Primary / Foundry customer", "loyal", ["To keep"]),
                "Tyne": ("Alumina / Smelter customer", "lapsed", ["To win back"]),
                "Vistula": ("Chemicals / Chemicals customer", "buying", []),
                "Zambezi": ("Primary / Metal dealer", "prospect", ["Sells on"]),
            },
        )
        self.assertEqual(
            [dict(assignment.attributes) for assignment in self.assignments[:3]],
            [{"a2": "A356"}, {"a1": 120.0}, {"a3": True}],
        )

    def test_contact_shows_what_its_company_is(self):
        buyer = self.buyer.with_user(self.anna)
        self.assertEqual(buyer.role_names, "Primary / Foundry customer")
        self.assertEqual(buyer.lifecycle_state, "loyal")

    def test_salesperson_sees_the_roles_of_own_customers_and_nobodys(self):
        seen = self.assignments.with_user(self.anna).search(
            [("id", "in", self.assignments.ids)]
        )
        self.assertEqual(seen.partner_id, self.rhine + self.tyne + self.zambezi)

    def test_roles_segments_and_states_find_customers(self):
        partners = self.env["res.partner"].with_user(self.manager)
        for domain, expected in (
            ([("crm_role_ids.kind", "=", "dealer")], self.zambezi),
            ([("lifecycle_state", "=", "lapsed")], self.tyne),
            ([("segment_ids.name", "=", "To keep")], self.rhine),
        ):
            found = partners.search([("id", "in", self.customers.ids), *domain])
            self.assertEqual(found, expected, domain)
