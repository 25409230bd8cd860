from odoo.fields import Command
from odoo.tools import SQL

from .seven_p_common import SevenPCommon

TODAY = "2026-06-30"


class BoardDrillCommon(SevenPCommon):
    """Acme, of whom there is something of everything, and something that counts not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.as_of_date = TODAY
        cls.env["crm.profit.policy"]._ensure(cls.company).delivery_cost = 12
        cls.acme = cls._create_customer("Acme", user_id=cls.seller.id)
        cls.buyer, cls.depot = cls.env["res.partner"].create(
            [
                {"name": "Buyer", "parent_id": cls.acme.id, "type": "contact"},
                {"name": "Depot", "parent_id": cls.acme.id, "type": "delivery"},
            ]
        )
        cls._sell()
        cls._pay()
        cls._serve()
        cls._care()
        cls.env.flush_all()
        cls._refresh(TODAY)

    @classmethod
    def _sell(cls):
        cls.product.categ_id = cls.env["product.category"].create({"name": "Ingots"})
        campaign, medium, source = (
            cls.env[model].create({"name": "Fair 7 P"})
            for model in ("utm.campaign", "utm.medium", "utm.source")
        )
        own = {"user_id": cls.seller.id}
        cls._create_order(cls.acme, "2024-12-05", 300, source_id=source.id, **own)
        cls._create_order(cls.buyer, "2025-07-10", 400, campaign_id=campaign.id, **own)
        cls.billed = cls._create_order(
            cls.acme, "2026-01-15", 1000, cost=600, medium_id=medium.id, **own
        )
        cls.rebated = cls._create_order(
            cls.acme,
            "2026-03-02",
            200,
            partner_shipping_id=cls.depot.id,
            **own,
        )
        cls.rebated.order_line.discount = 10
        cls._create_order(cls._create_customer("Other"), "2026-03-02", 50, **own)
        goods = cls.env["product.product"].create(
            {"name": "Coil", "type": "consu", "is_storable": False, "taxes_id": False}
        )
        order = cls._create_order(
            cls.acme,
            "2026-04-01",
            70,
            confirm=False,
            partner_shipping_id=cls.env["res.partner"].create({"name": "Yard"}).id,
            commitment_date="2026-04-05 04:00:00",
            **own,
        )
        order.order_line = [
            Command.create({"product_id": goods.id, "tax_ids": False}),
            Command.create({"product_id": goods.id, "price_unit": 5, "tax_ids": False}),
        ]
        order.action_confirm()
        order.date_order = "2026-04-01 04:00:00"
        picking = order.picking_ids
        for move in picking.move_ids:
            move.quantity = 1
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        picking.date_done = picking.move_ids.date = "2026-04-07 04:00:00"

    @classmethod
    def _pay(cls):
        invoice = cls._invoice(cls.billed, "2026-01-20")
        cls._refund(invoice, "2026-02-10", 100)
        for day, amount in (("2026-03-20", 250), ("2026-05-20", 150)):
            cls.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"payment_date": day, "amount": amount})._create_payments()
        # dated in the 12 months before, paid in these
        old = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.acme.id,
                "company_id": cls.company.id,
                "invoice_date": "2025-05-02",
                "invoice_user_id": cls.seller.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "price_unit": 80,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        old.action_post()
        cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=old.ids
        ).create({"payment_date": "2025-07-02", "amount": 80})._create_payments()
        late = cls._invoice(cls.rebated, "2026-06-20")
        late.line_ids.filtered("date_maturity").date_maturity = "2026-12-31"
        cls.paid = invoice | old

    @classmethod
    def _serve(cls):
        kinds = cls.env["crm.complaint.kind"]
        common = {
            "partner_id": cls.acme.id,
            "company_id": cls.company.id,
            "description": "It leaks",
        }
        rows = [
            ("complaint", "2026-05-01", 30, "new"),
            ("complaint", "2026-05-02", 8, "new"),
            ("complaint", "2026-05-03", 99, "cancelled"),
            ("complaint", "2025-06-01", 99, "closed"),
            ("opinion", "2026-05-04", 5, "new"),
            ("opinion", "2026-05-05", 0, "new"),
        ]
        for kind, day, cost, state in rows:
            kind_id = kinds.search([("type", "=", kind)], limit=1).id
            case = cls.env["crm.complaint"].create({**common, "kind_id": kind_id})
            cls.env.flush_all()
            cls.env.cr.execute(
                SQL(
                    """UPDATE crm_complaint SET date_received = %s, work_cost = %s,
                              state = %s WHERE id = %s""",
                    f"{day} 08:00:00",
                    cost,
                    state,
                    case.id,
                )
            )
        cls.env.invalidate_all()
        for day in ("2026-05-06", "2025-05-06"):
            cls._answer(day)

    @classmethod
    def _answer(cls, day):
        survey = cls.env["survey.survey"].create({"title": "How are we?"})
        answer = cls.env["survey.user_input"].create({"survey_id": survey.id})
        cls.env["crm.satisfaction.score"].create(
            {
                "kind": "csat",
                "value": 5,
                "score": 100,
                "comment": "Shiny",
                "date": f"{day} 08:00:00",
                "company_id": cls.company.id,
                "partner_id": cls.buyer.id,
                "commercial_partner_id": cls.acme.id,
                "survey_id": survey.id,
                "user_input_id": answer.id,
            }
        )

    @classmethod
    def _care(cls):
        outcomes = cls.env["crm.sales.activity.outcome"].create(
            [
                {"name": "Reached", "code": "drill_yes", "is_reached": True},
                {"name": "Not", "code": "drill_no", "is_reached": False},
            ]
        )
        kind = cls.env["crm.sales.activity.kind"].create(
            {"name": "Quick call", "code": "drill_call"}
        )
        for direction, state, outcome, cost in (
            ("out", "done", outcomes[0], 10),
            ("out", "done", outcomes[1], 20),
            ("out", "done", outcomes[:0], 30),
            ("in", "done", outcomes[0], 40),
            ("out", "planned", outcomes[:0], 50),
        ):
            cls.env["crm.sales.activity"].create(
                {
                    "partner_id": cls.acme.id,
                    "company_id": cls.company.id,
                    "kind_id": kind.id,
                    "date_start": "2026-05-01 08:00:00",
                    "direction": direction,
                    "state": state,
                    "outcome_id": outcome.id,
                    "kind_cost": cost,
                    "user_id": cls.seller.id,
                }
            )
        common = {
            "partner_id": cls.buyer.id,
            "company_id": cls.company.id,
            "user_id": cls.seller.id,
            "name": "Plant",
        }
        cls.env["crm.lead"].create(
            [
                {**common, "type": "opportunity", "expected_revenue": 700},
                {**common, "type": "lead", "expected_revenue": 99},
            ]
        )
        division = cls.env["crm.division"].create({"name": "Metal", "code": "7P"})
        role = cls.env["crm.partner.role"].create(
            {"name": "Smelter", "kind": "customer", "division_id": division.id}
        )
        cls.env["crm.partner.role.assignment"].create(
            {
                "partner_id": cls.acme.id,
                "role_id": role.id,
                "date_from": "2026-01-01",
                "company_id": cls.company.id,
            }
        )
        cls.env["crm.supply.record"].create(
            {
                "partner_id": cls.acme.id,
                "company_id": cls.company.id,
                "category_id": cls.product.categ_id.id,
                "date_from": "2025-07-01",
                "date_to": TODAY,
                "date": "2026-06-01",
                "quantity": 8,
                "uom_id": cls.product.uom_id.id,
            }
        )
        assessment = cls.env["crm.credit.assessment"].create(
            {"partner_id": cls.acme.id, "company_id": cls.company.id}
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                """UPDATE crm_credit_assessment SET state = 'in_force', score = 64,
                          risk_grade = 'B', credit_limit_proposed = 500
                    WHERE id = %s""",
                assessment.id,
            )
        )
        cls.env.invalidate_all()
