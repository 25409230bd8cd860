from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT


class AnalysisCommon(TransactionCase):
    """A company of its own with two desks, so that every figure can be added up.

    ============ ================================== ==============================
    user         rights                             does
    ============ ================================== ==============================
    agent        service agent                      member of the north team
    other_agent  service agent                      member of the south team
    head         service manager                    of both companies
    seller       own documents                      salesperson of the mill
    ============ ================================== ==============================

    Company north (currency of the main company, UTC) sells flour by the unit, the
    mill and the baker buy it; ``beta`` is another company.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        cls.alpha, cls.beta = cls.env["res.company"].create(
            [{"name": "Analysis Alpha"}, {"name": "Analysis Beta"}]
        )
        companies = (cls.alpha + cls.beta).ids
        cls.env.user.company_ids += cls.alpha + cls.beta
        cls.agent = cls._create_user("agent", "crm_service.group_agent")
        cls.other_agent = cls._create_user("other_agent", "crm_service.group_agent")
        cls.head = cls._create_user("head", "crm_service.group_manager", companies)
        cls.seller = cls._create_user("seller", "sales_team.group_sale_salesman")
        cls.north, cls.south = cls.env["crm.service.team"].create(
            [
                {
                    "name": name,
                    "company_id": cls.alpha.id,
                    "member_ids": [Command.set(agent.ids)],
                }
                for name, agent in (("North", cls.agent), ("South", cls.other_agent))
            ]
        )
        cls.kind = cls.env["crm.complaint.kind"].create(
            {"name": "Torn", "code": "analysis_torn"}
        )
        cls.mill, cls.baker = cls.env["res.partner"].create(
            [
                {"name": "Mill", "is_company": True, "user_id": cls.seller.id},
                {"name": "Baker", "is_company": True, "user_id": cls.head.id},
            ]
        )
        cls.flour = cls._create_product("Flour")
        cls.sugar = cls._create_product("Sugar")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    @classmethod
    def _create_user(cls, name, group, companies=None):
        return new_test_user(
            cls.env,
            f"analysis_{name}",
            groups=group,
            company_id=cls.alpha.id,
            company_ids=[Command.set(companies or cls.alpha.ids)],
        )

    @classmethod
    def _create_product(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "list_price": 1.0, **values}
        )

    @classmethod
    def _create_complaint(cls, partner=None, lines=(), company=None, **columns):
        """Return a complaint as it stands in the database afterwards.

        :param lines: of product, quantity, unit (None: the product's) and price
        :param columns: written as they are, past all buttons: what reports read
        """
        company = company or cls.alpha
        model = cls.env["crm.complaint"].with_company(company)
        complaint = model.create(
            {
                "partner_id": (partner or cls.mill).id,
                "company_id": company.id,
                "kind_id": cls.kind.id,
                "user_id": False,
                "team_id": columns.pop("team_id", cls.north.id)
                if company == cls.alpha
                else False,
                "line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": quantity,
                            "product_uom_id": (unit or product.uom_id).id,
                            "price_unit": price,
                        }
                    )
                    for product, quantity, unit, price in lines
                ],
            }
        )
        nothing = dict.fromkeys(("reply_state", "decision_state", "resolution_state"))
        cls._set(complaint, **{**nothing, **columns})
        return complaint

    @classmethod
    def _set(cls, record, **columns):
        """Write columns past all rules, as time would have written them."""
        cls.env.flush_all()
        for name, value in columns.items():
            cls.env.cr.execute(
                f'UPDATE {record._table} SET "{name}" = %s WHERE id IN %s',
                [value, tuple(record.ids)],
            )
        cls.env.invalidate_all()

    @classmethod
    def _order(cls, partner, day, company=None, confirm=True):
        company = company or cls.alpha
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create({"product_id": cls.flour.id, "price_unit": 10.0})
                    ],
                }
            )
        )
        if confirm:
            order.action_confirm()
        cls._set(order, date_order=f"{day} 10:00:00")
        return order

    @classmethod
    def _ship(cls, product, quantity, day, unit=None, back=False, company=None):
        """Move ``quantity`` to a customer on ``day``, or back from one."""
        company = company or cls.alpha
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        places = [warehouse.lot_stock_id, cls.env.ref("stock.stock_location_customers")]
        if back:
            places.reverse()
        move = (
            cls.env["stock.move"]
            .with_company(company)
            .create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "product_uom": (unit or product.uom_id).id,
                    "location_id": places[0].id,
                    "location_dest_id": places[1].id,
                    "company_id": company.id,
                }
            )
        )
        move._action_confirm()
        move.write({"quantity": quantity, "picked": True})
        move._action_done()
        cls._set(move, date=f"{day} 10:00:00")
        return move
