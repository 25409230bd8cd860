import io

from PIL import Image

from odoo.fields import Command
from odoo.tests import new_test_user


def make_picture(kind="JPEG", size=(40, 30), **params):
    """Return the bytes of a small picture."""
    stream = io.BytesIO()
    Image.new("RGB", size, "orange").save(stream, kind, **params)
    return stream.getvalue()


class IntakeCommon:
    """Two customers with portal logins, an order of each, and the desk.

    ========== ============ ============= ===================================
    login      person       customer      orders
    ========== ============ ============= ===================================
    in_ida     Ida Berg     Berg GmbH     INT-BERG-1: 5 Resin, 2 Hardener
    in_jan     Jan Berg     Berg GmbH     (his company's)
    in_omar    Omar Diaz    Diaz SA       INT-DIAZ-1: 3 Resin
    in_agent   the desk     none             none
    ========== ============ ============= ===================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = "UTC"
        cls.berg, cls.diaz = cls.env["res.partner"].create(
            [
                {
                    "name": "Berg GmbH",
                    "is_company": True,
                    "phone": "+49 30 123 45 67 8",
                },
                {"name": "Diaz SA", "is_company": True, "phone": "0034 91 765 43 21"},
            ]
        )
        users = [
            new_test_user(
                cls.env,
                login,
                groups="base.group_portal",
                name=name,
                email=f"{login}@example.com",
                lang="en_US",
                tz="Europe/Berlin",
            )
            for login, name in (
                ("in_ida", "Ida Berg"),
                ("in_jan", "Jan Berg"),
                ("in_omar", "Omar Diaz"),
            )
        ]
        cls.ida, cls.jan, cls.omar = (user.partner_id for user in users)
        (cls.ida | cls.jan).parent_id = cls.berg
        cls.omar.parent_id = cls.diaz
        cls.agent = new_test_user(
            cls.env, "in_agent", groups="crm_service.group_agent", email="a@us.example"
        )
        cls.resin, cls.hardener = cls.env["product.product"].create(
            [
                {"name": "Resin", "list_price": 100},
                {"name": "Hardener", "list_price": 7},
            ]
        )
        cls.order = cls._create_order(
            "INT-BERG-1", cls.berg, [(cls.resin, 5), (cls.hardener, 2)]
        )
        cls.other_order = cls._create_order("INT-DIAZ-1", cls.diaz, [(cls.resin, 3)])
        cls.line, cls.line_hardener = cls.order.order_line
        cls.kind_late = cls.env.ref("crm_service.crm_complaint_kind_late")
        cls.kind_leak = cls.env.ref("crm_service.crm_complaint_kind_leak")
        cls.kind_opinion = cls.env.ref("crm_service.crm_complaint_kind_opinion")

    @classmethod
    def _create_order(cls, name, partner, lines, **values):
        order = cls.env["sale.order"].create(
            {
                "name": name,
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": count})
                    for product, count in lines
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _create_complaint(cls, partner=None, **values):
        return cls.env["crm.complaint"].create(
            {
                "partner_id": (partner or cls.ida).id,
                "kind_id": cls.kind_late.id,
                "title": "Too late",
                "description": "It came a week late.",
                **values,
            }
        )

    def _count(self):
        """Return what an intake could leave behind, to see that nothing was left."""
        return tuple(
            self.env[model].search_count(domain)
            for model, domain in (
                ("crm.complaint", []),
                ("crm.complaint.line", []),
                ("ir.attachment", [("res_model", "=", "crm.complaint")]),
                ("mail.message", [("model", "=", "crm.complaint")]),
                ("res.partner", []),
            )
        )
