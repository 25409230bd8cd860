from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.crm_strategy.tests.common_measure import MeasureCommon


class PageCommon(MeasureCommon):
    """The ledger of :class:`MeasureCommon`, and who looks at the page.

    ============  ==============================  ===================================
    login         role                            is
    ============  ==============================  ===================================
    page_rep      salesperson                     looks after Acme
    page_other    salesperson                     looks after others
    page_agent    service agent                   looks after nobody
    page_finance  invoicing                       looks after nobody
    page_plain    employee                        has none of our roles
    page_portal   customer who signs in           at Acme
    ============  ==============================  ===================================

    All that was bought is of the category Alumina. Acme asks for Coatings in a need
    of strength 4, and has a quotation over 60 of Alumina.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = cls._create_user("page_rep", "sales_team.group_sale_salesman")
        cls.other = cls._create_user("page_other", "sales_team.group_sale_salesman")
        cls.agent = cls._create_user("page_agent", "crm_service.group_agent")
        cls.finance = cls._create_user("page_finance", "account.group_account_invoice")
        cls.plain = cls._create_user("page_plain", "base.group_user")
        cls.portal = cls._create_user("page_portal", "base.group_portal")
        cls.acme.write({"user_id": cls.rep.id, "city": "Ulm", "ref": "C-7"})
        cls.ann.write({"function": "Buyer", "email": "ann@example.com"})
        cls.alumina, cls.coatings, cls.flux = cls.env["product.category"].create(
            [{"name": name} for name in ("Alumina", "Coatings", "Flux")]
        )
        cls.product.categ_id = cls.alumina
        cls.need = cls.env["crm.need"].create(
            {
                "name": "Scratch-proof coating",
                "partner_id": cls.acme.id,
                "categ_id": cls.coatings.id,
                "strength": 4,
                "company_id": cls.alpha.id,
                "user_id": cls.rep.id,
                "date": "2026-03-01",
            }
        )
        cls.env.invalidate_all()

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            group,
            company_id=cls.alpha.id,
            company_ids=[Command.set(cls.alpha.ids)],
        )

    # --- READING THE PAGE

    def _page(self, partner=None, user=None, company=None):
        pages = self.env["crm.customer.page"].with_user(user or self.rep)
        company = company or self.alpha
        pages = pages.with_context(allowed_company_ids=company.ids)
        return pages.get_page((partner or self.acme).id, company.id)

    def _headline(self, page):
        return {shown["name"]: shown["cell"]["value"] for shown in page["headline"]}

    def _sections(self, page):
        return {section["key"]: section for section in page["sections"]}

    def _block(self, page, name):
        for section in page["sections"]:
            for block in section["blocks"]:
                if block["name"] == name:
                    return block
        return None

    def _rows(self, page, name):
        """Return what the cells of a table say, row by row."""
        block = self._block(page, name)
        rows = block["rows"] if block else []
        return [tuple(cell["value"] for cell in row["cells"]) for row in rows]

    def _titles(self, timeline):
        return [(e["kind"], e["title"]) for e in timeline["entries"]]
