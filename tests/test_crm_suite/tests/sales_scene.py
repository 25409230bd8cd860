"""The sales team on an ordinary day: people, customers, and what is on for them."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from .builders import SalesWorld

VISITS_A_YEAR = 12


class SalesScene:
    """Two salespeople, their leader and three customers.

    ============ ================ ==============================================
    login        role             is
    ============ ================ ==============================================
    sales_anna   salesperson      of Harbour Foundry and North Rolling
    sales_ben    salesperson      of South Castings
    sales_head   sales manager    leads both
    ============ ================ ==============================================

    Customers are visited twelve times a year, says the cadence of their service level;
    the last visit to each was 25 days ago. Of Harbour Foundry Anna has today a visit
    with a question, three days overdue a call, four days late an order of 600.00; two
    orders of 1,200.00 and 800.00 were delivered before. All clocks show UTC.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.noon = fields.Datetime.now().replace(hour=12, minute=0, second=0)
        world = SalesWorld(cls.env)
        cls.company = world.second_company("Scene Metals")
        cls.company.partner_id.tz = "UTC"
        cls.company.resource_calendar_id.tz = "UTC"
        cls.world = SalesWorld(cls.env, cls.company)
        cls.env = cls.world.env
        cls._create_people()
        cls._create_customers()
        cls._create_questions()
        cls._create_touches()
        cls._create_orders()
        cls.env.flush_all()
        cls.env.invalidate_all()

    # --- WHO

    @classmethod
    def _create_people(cls):
        for name, group in (
            ("anna", "sales_team.group_sale_salesman"),
            ("ben", "sales_team.group_sale_salesman"),
            ("head", "sales_team.group_sale_manager"),
        ):
            user = new_test_user(
                cls.env,
                f"sales_{name}",
                groups=group,
                name=f"Scene {name.title()}",
                email=f"{name}@metals.example",
                tz="UTC",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            setattr(cls, name, user)
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Scene sales",
                "company_id": cls.company.id,
                "user_id": cls.head.id,
                "member_ids": [Command.set((cls.anna | cls.ben).ids)],
            }
        )

    @classmethod
    def _create_customers(cls):
        cls.foundry = cls.world.company_customer("Harbour Foundry", cls.anna)
        cls.rolling = cls.world.company_customer("North Rolling", cls.anna)
        cls.castings = cls.world.company_customer("South Castings", cls.ben)
        cls.customers = cls.foundry | cls.rolling | cls.castings
        for number, customer in enumerate(cls.customers, start=1):
            customer.email = f"office{number}@customer.example"
        cls.mia = cls.world.contact(
            cls.foundry,
            "Mia Berg",
            phone="+46 8 555 03 03",
            email="mia@harbour.example",
        )
        levels = cls.env["crm.service.level"]
        levels.search([]).is_default = False
        level = levels.create(
            {"name": "Scene care", "company_id": cls.company.id, "is_default": True}
        )
        cls.env["crm.visit.cadence"].create(
            {"service_level_id": level.id, "visits_per_year": VISITS_A_YEAR}
        )

    # --- WHAT

    @classmethod
    def _create_questions(cls):
        """A question that is tied to what is known of customers, and an outcome."""
        division = cls.env["crm.division"].create(
            {"name": "Scene metals", "company_id": cls.company.id}
        )
        cls.capacity = cls.env["crm.partner.attribute"].create(
            {
                "name": "Furnace capacity",
                "division_id": division.id,
                "value_type": "number",
                "unit": "t/a",
            }
        )
        cls.template = cls.env["crm.visit.template"].create(
            {
                "name": "Scene visit",
                "company_id": cls.company.id,
                "definition": [
                    {"name": "aa", "string": "Furnace capacity", "type": "float"}
                ],
                "attribute_ids": [
                    Command.create(
                        {
                            "question": "Furnace capacity",
                            "attribute_id": cls.capacity.id,
                        }
                    )
                ],
            }
        )
        cls.outcome = cls.env["crm.sales.activity.outcome"].create(
            {"name": "Wants 12 t", "code": "scene_wants", "tone": "good"}
        )

    @classmethod
    def _create_touches(cls):
        kind = "crm_service.crm_sales_activity_kind_"
        cls.routine, cls.phone = (
            cls.env.ref(f"{kind}{name}") for name in ("routine", "call")
        )
        for customer in cls.customers:
            past = cls._create_touch(
                customer,
                cls.routine,
                -25,
                findings="Content",
                outcome_id=cls.outcome.id,
            )
            past.action_done()
        cls.visit = cls._create_touch(
            cls.foundry, cls.routine, 0, template_id=cls.template.id
        )
        cls.call = cls._create_touch(
            cls.foundry,
            cls.phone,
            -3,
            name="Ask for volumes",
            contact_ids=[Command.set(cls.mia.ids)],
        )

    @classmethod
    def _create_touch(cls, customer, kind, days, **vals):
        env = cls.env(user=customer.user_id)
        touch = env["crm.sales.activity"].create(
            {
                "kind_id": kind.id,
                "partner_id": customer.id,
                "company_id": cls.company.id,
                "date_start": cls.noon + timedelta(days),
                **vals,
            }
        )
        return touch.sudo()

    @classmethod
    def _create_orders(cls):
        for days, amount in ((90, 1200), (60, 800)):
            day = cls.today - timedelta(days)
            order = cls.world.order(cls.foundry, day, amount, user_id=cls.anna.id)
            order.order_line.qty_delivered = 1
        ingot = cls.env["product.product"].create(
            {"name": "Scene ingot", "type": "consu", "taxes_id": [Command.clear()]}
        )
        cls.late = cls.env["sale.order"].create(
            {
                "partner_id": cls.foundry.id,
                "company_id": cls.company.id,
                "user_id": cls.anna.id,
                "commitment_date": cls.noon - timedelta(4),
                "order_line": [
                    Command.create(
                        {
                            "product_id": ingot.id,
                            "product_uom_qty": 10,
                            "price_unit": 60.0,
                        }
                    )
                ],
            }
        )
        cls.late.action_confirm()
        cls.late.date_order = cls.noon - timedelta(20)

    # --- FIGURES

    def _count_told(self):
        """Return (mails, messages to customers): neither may grow."""
        told = self.customers | self.mia
        notifications = self.env["mail.notification"]
        return (
            self.env["mail.mail"].search_count([]),
            notifications.search_count([("res_partner_id", "in", told.ids)]),
        )
