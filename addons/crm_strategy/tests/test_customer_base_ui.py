from odoo.tests import HttpCase, tagged

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestCustomerBaseUi(LifecycleCommon, HttpCase):
    """An administrator sets up a division; a sales manager finds its customers.

    ============= ============ =================== =======
    customer      segment      orders (days ago)   state
    ============= ============ =================== =======
    Rhine Smelter Metal buyers 100, 50, 10         loyal
    Tyne Foundry  Metal buyers 100                 lapsed
    Vistula Works Others       10                  buying
    ============= ============ =================== =======
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._create_user(
            "base_admin",
            "base.group_system,sales_team.group_sale_manager,"
            "product.group_product_manager",
        )
        cls.sales_manager = cls._create_user(
            "base_sales", "sales_team.group_sale_manager"
        )
        cls.category = cls.env["product.category"].create({"name": "Calcined Tour"})
        cls.smelter = cls._customer("Rhine Smelter", 100, 50, 10, ref="metal")
        cls._customer("Tyne Foundry", 100, ref="metal")
        cls._customer("Vistula Works", 10)
        cls.smelter.company_id = False  # shared, as is his role
        scheme = cls._create_scheme(
            ("Metal buyers", [("ref", "=", "metal")]), ("Others", [])
        )
        scheme._refresh()
        cls.policy._refresh("full")
        cls.env.invalidate_all()

    def test_in_english(self):
        self._set_up_and_look()

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        module = self.env["ir.module.module"].search([("name", "=", "crm_strategy")])
        module._update_translations("zh_CN")
        (self.admin + self.sales_manager).lang = "zh_CN"
        menu = self.env.ref("crm_strategy.crm_division_menu")
        self.assertEqual(menu.with_context(lang="zh_CN").name, "产品板块")
        self._set_up_and_look()

    def _set_up_and_look(self):
        self.start_tour(
            "/odoo/crm-customers", "crm_customer_base_setup_tour", login="base_admin"
        )
        division = self.category.crm_division_id
        self.assertEqual(division.name, "Alumina Tour")
        self.assertEqual(division.role_ids.mapped("name"), ["Smelter role"])
        self.assertEqual(division.attribute_names, "Tour consumption")
        assignment = self.smelter.role_assignment_ids
        self.assertEqual(assignment.role_id, division.role_ids)
        self.assertEqual(list(dict(assignment.attributes).values()), ["120 kt"])
        self.start_tour(
            "/odoo/crm-divisions", "crm_customer_base_manager_tour", login="base_sales"
        )
