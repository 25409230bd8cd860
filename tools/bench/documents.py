"""An order with 500 documents and a customer with 50,000, for the benchmark."""

from odoo.fields import Command
from odoo.tools import SQL

NAME = "Benchmark"
#: what an order with many documents has beside itself, 500 in all
FLOW = {
    "stock.picking": 150,
    "account.move": 150,
    "account.payment": 100,
    "crm.complaint": 40,
    "crm.satisfaction.request": 30,
    "crm.sales.activity": 30,
}
#: shares of the documents of a big customer
BIG = {"sale_order": 0.5, "account_move": 0.3, "crm_sales_activity": 0.2}


class BigOrder:
    """One order, and all documents linked to it as the host links them."""

    def __init__(self, env, user, partner):
        env = env(context={**env.context, "tracking_disable": True})
        product = env["product.product"].create(
            {"name": f"{NAME} service", "type": "service", "invoice_policy": "order"}
        )
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": user.id,
                "client_order_ref": NAME,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1000,
                            "price_unit": 10,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        self._add_pickings(env, order)
        self._add_payments(env, self._add_invoices(env, order))
        self._add_complaints(env, order)
        self._add_requests(env, order)
        self._add_activities(env, order)

    @staticmethod
    def _add_pickings(env, order):
        warehouse = order.warehouse_id
        pickings = env["stock.picking"].create(
            [
                {
                    "partner_id": order.partner_id.id,
                    "picking_type_id": warehouse.out_type_id.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "location_dest_id": env.ref("stock.stock_location_customers").id,
                    "origin": order.name,
                }
                for _place in range(FLOW["stock.picking"])
            ]
        )
        env.flush_all()
        env.cr.execute(
            SQL(
                "UPDATE stock_picking SET sale_id = %s WHERE id = ANY(%s)",
                order.id,
                pickings.ids,
            )
        )
        env.invalidate_all()

    @staticmethod
    def _add_invoices(env, order):
        line = order.order_line
        invoices = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": order.partner_id.id,
                    "invoice_user_id": order.user_id.id,
                    "invoice_origin": order.name,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "quantity": 1,
                                "price_unit": 10,
                                "sale_line_ids": [Command.link(line.id)],
                            }
                        )
                    ],
                }
                for _place in range(FLOW["account.move"])
            ]
        )
        env.flush_all()
        env.cr.execute(  # posting them all would take minutes
            SQL(
                """UPDATE account_move SET state = 'posted', name = 'BENCH/' || id
                    WHERE id = ANY(%s)""",
                invoices.ids,
            )
        )
        env.invalidate_all()
        return invoices

    @staticmethod
    def _add_payments(env, invoices):
        env["account.payment"].create(
            [
                {
                    "partner_id": invoice.partner_id.id,
                    "amount": 10,
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "invoice_ids": [Command.link(invoice.id)],
                }
                for invoice in invoices[: FLOW["account.payment"]]
            ]
        )

    @staticmethod
    def _add_complaints(env, order):
        env["crm.complaint"].create(
            [
                {
                    "title": f"Drum leaks {place}",
                    "partner_id": order.partner_id.id,
                    "order_id": order.id,
                }
                for place in range(FLOW["crm.complaint"])
            ]
        )

    @staticmethod
    def _add_requests(env, order):
        survey = env.ref("crm_service.survey_csat")
        rule = env["crm.satisfaction.rule"].create(
            {"name": NAME, "survey_id": survey.id, "low_value": 3, "active": False}
        )
        env["crm.satisfaction.request"].create(
            [
                {
                    "rule_id": rule.id,
                    "company_id": order.company_id.id,
                    "survey_id": survey.id,
                    "key": f"bench-{place}",
                    "partner_id": order.partner_id.id,
                    "commercial_partner_id": order.partner_id.id,
                    "order_id": order.id,
                    "user_id": order.user_id.id,
                    "date_planned": order.date_order.date(),
                }
                for place in range(FLOW["crm.satisfaction.request"])
            ]
        )

    @staticmethod
    def _add_activities(env, order):
        kind = env.ref("crm_service.crm_sales_activity_kind_call")
        env["crm.sales.activity"].create(
            [
                {
                    "name": f"Talk {place}",
                    "kind_id": kind.id,
                    "partner_id": order.partner_id.id,
                    "user_id": order.user_id.id,
                    "document_ids": [
                        Command.create({"document_ref": f"sale.order,{order.id}"})
                    ],
                }
                for place in range(FLOW["crm.sales.activity"])
            ]
        )


class BigCustomer:
    """Orders and invoices of others, copied to one customer; and activities."""

    def __init__(self, env, user, partner, documents):
        partner.write({"ref": f"{NAME} big", "user_id": user.id})
        env.flush_all()
        for table, share in BIG.items():
            self._copy(env, table, int(documents * share), partner)
        env.invalidate_all()

    @staticmethod
    def _copy(env, table, count, partner):
        """Copy rows of one table to another customer, each with a number of its own.

        Everything else stays: dates, states and amounts are those of real ones.
        """
        env.cr.execute(
            SQL(
                """SELECT attname FROM pg_attribute
                    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
                      AND attname NOT IN ('id', 'access_token', 'event_id',
                          'mail_activity_id', 'mail_message_id', 'plan_key')""",
                table,
            )
        )
        names = [row[0] for row in env.cr.fetchall()]
        other = {
            "name": SQL("t.name || '/' || n"),
            "partner_id": SQL("%s", partner.id),
            "commercial_partner_id": SQL("%s", partner.id),
            "partner_invoice_id": SQL("%s", partner.id),
            "partner_shipping_id": SQL("%s", partner.id),
            "team_id": SQL("NULL"),
        }
        env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (%(names)s)
                   SELECT %(values)s
                     FROM generate_series(1, %(rounds)s) n
               CROSS JOIN (SELECT * FROM %(table)s
                            WHERE partner_id != %(partner)s
                         ORDER BY id DESC LIMIT %(rows)s) t
                    LIMIT %(count)s""",
                table=SQL.identifier(table),
                names=SQL(", ").join(SQL.identifier(name) for name in names),
                values=SQL(", ").join(
                    other.get(name, SQL.identifier("t", name)) for name in names
                ),
                partner=partner.id,
                rounds=1 + count // 1000,
                rows=1000,
                count=count,
            )
        )
