from datetime import datetime

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT


class AfterSaleCommon(TransactionCase):
    """A company of its own that sells pumps, with what follows their sale.

    ============ ================================== ==============================
    user         rights                             does
    ============ ================================== ==============================
    seller       own documents                      salesperson of the mill
    rival        own documents                      salesperson of nobody here
    head         sales manager                      of both companies
    agent        service agent                      leads the service team
    ============ ================================== ==============================

    Company alpha (UTC) has the category *Machines* with *Pumps* below it; the template
    is that of *Machines*. ``beta`` is another company.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        cls.alpha, cls.beta = cls.env["res.company"].create(
            [{"name": "After-Sale Alpha"}, {"name": "After-Sale Beta"}]
        )
        companies = (cls.alpha + cls.beta).ids
        cls.env.user.company_ids += cls.alpha + cls.beta
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.alpha.ids}
        )
        cls.seller = cls._create_user("seller", "sales_team.group_sale_salesman")
        cls.rival = cls._create_user("rival", "sales_team.group_sale_salesman")
        cls.head = cls._create_user("head", "sales_team.group_sale_manager", companies)
        cls.agent = cls._create_user("agent", "crm_service.group_agent")
        cls.desk = cls.env["crm.service.team"].create(
            {
                "name": "Desk",
                "company_id": cls.alpha.id,
                "leader_id": cls.agent.id,
                "sequence": 0,
            }
        )
        cls.machines, cls.paint = cls.env["product.category"].create(
            [{"name": "Machines"}, {"name": "Paint"}]
        )
        cls.pumps = cls.env["product.category"].create(
            {"name": "Pumps", "parent_id": cls.machines.id}
        )
        cls.pump = cls._create_product("Pump", cls.pumps)
        cls.lathe = cls._create_product("Lathe", cls.machines)
        cls.varnish = cls._create_product("Varnish", cls.paint)
        cls.mill = cls.env["res.partner"].create(
            {"name": "Mill", "is_company": True, "user_id": cls.seller.id}
        )
        cls.miller = cls.env["res.partner"].create(
            {"name": "Miller", "parent_id": cls.mill.id}
        )
        cls.template = cls._create_template()

    @classmethod
    def _create_user(cls, name, group, companies=None):
        return new_test_user(
            cls.env,
            f"after_sale_{name}",
            groups=group,
            company_id=cls.alpha.id,
            company_ids=[Command.set(companies or cls.alpha.ids)],
        )

    @classmethod
    def _create_product(cls, name, category, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "categ_id": category.id,
                "list_price": 100.0,
                "taxes_id": False,
                **values,
            }
        )

    @classmethod
    def _create_template(cls, **values):
        """Delivered, installed a week after, in use a month later, 2 years warranty."""
        milestones = [
            ("Delivered", "delivered", 0, "day", "delivery", 0, "salesperson"),
            ("Installed", "installed", 7, "day", "delivery", 2, "service"),
            ("In use", "in_use", 1, "month", "previous", 0, "salesperson"),
            ("Warranty", "warranty_end", 2, "year", "delivery", 30, "salesperson"),
            ("Buy again", "repurchase", 1, "month", "previous", 0, "salesperson"),
        ]
        return cls.env["crm.after.sale.template"].create(
            {
                "name": "Machines",
                "categ_id": cls.machines.id,
                "company_id": cls.alpha.id,
                "date_from": "2024-01-01",
                "milestone_ids": [
                    Command.create(
                        {
                            "sequence": index,
                            "name": name,
                            "kind": kind,
                            "offset_number": number,
                            "offset_unit": unit,
                            "offset_from": base,
                            "notice_days": notice,
                            "responsible": responsible,
                        }
                    )
                    for index, (
                        name,
                        kind,
                        number,
                        unit,
                        base,
                        notice,
                        responsible,
                    ) in enumerate(milestones)
                ],
                **values,
            }
        )

    # --- DOCUMENTS

    @classmethod
    def _order(cls, day, lines=None, partner=None, company=None, **values):
        """Return an order confirmed at noon (UTC) of ``day``.

        :param lines: pairs of product and quantity; one pump by default
        """
        company = company or cls.alpha
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .with_context(allowed_company_ids=company.ids)
            .create(
                {
                    "partner_id": (partner or cls.mill).id,
                    "company_id": company.id,
                    "user_id": cls.seller.id,
                    "order_line": [
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": quantity}
                        )
                        for product, quantity in lines or [(cls.pump, 1)]
                    ],
                    **values,
                }
            )
        )
        order.action_confirm()
        order.date_order = f"{day} 12:00:00"
        return order

    @classmethod
    def _ship(cls, order, moment, quantities=None, backorder=True):
        """Send what is open, or ``quantities`` by product, at ``moment`` (UTC)."""
        picking = order.picking_ids.filtered(
            lambda p: (
                p.state not in ("done", "cancel")
                and p.location_dest_id.usage == "customer"
            )
        )
        for move in picking.move_ids:
            wanted = (quantities or {}).get(move.product_id, 0)
            move.quantity = move.product_uom_qty if quantities is None else wanted
        picking.move_ids.picked = True
        context = {"skip_backorder": True, "skip_sms": True}
        if not backorder:
            context["picking_ids_not_to_backorder"] = picking.ids
        picking.with_context(**context).button_validate()
        cls._date_picking(picking, moment)
        return picking

    @classmethod
    def _return(cls, order, moment, quantity=None, is_received=True):
        """Take back all, or ``quantity``, of the first delivery."""
        picking = order.picking_ids.filtered(
            lambda p: p.state == "done" and p.location_dest_id.usage == "customer"
        )[:1]
        wizard = (
            cls.env["stock.return.picking"]
            .with_context(active_model="stock.picking", active_id=picking.id)
            .create({"picking_id": picking.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = quantity or line.move_quantity
        back = picking.browse(wizard.action_create_returns()["res_id"])
        if not is_received:
            return back
        for move in back.move_ids:
            move.quantity = move.product_uom_qty
        back.move_ids.picked = True
        back.with_context(skip_backorder=True, skip_sms=True).button_validate()
        cls._date_picking(back, moment)
        return back

    @classmethod
    def _date_picking(cls, picking, moment):
        picking = picking.filtered(lambda p: p.state == "done")
        picking.date_done = datetime.fromisoformat(moment)
        picking.move_ids.date = datetime.fromisoformat(moment)

    # --- CASES

    def _advance(self, template=None):
        template = template or self.template
        template._advance()
        self.assertFalse(template.error)

    def _case(self, order, template=None):
        return self.env["crm.after.sale"].search(
            [
                ("order_id", "=", order.id),
                ("template_id", "=", (template or self.template).id),
            ]
        )

    def _milestone(self, order, kind):
        milestones = self._case(order).with_context(active_test=False).milestone_ids
        return milestones.filtered(lambda m: m.kind == kind)

    def assertMilestones(self, order, expected):
        """Compare {kind: (state, date due, date done)} with the case of ``order``."""
        actual = {
            m.kind: (
                m.state,
                m.date_due and str(m.date_due),
                m.date_done and str(m.date_done),
            )
            for m in self._case(order).milestone_ids
        }
        self.assertEqual(actual, expected)
