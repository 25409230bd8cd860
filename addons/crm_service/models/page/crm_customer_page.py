from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools import page_blocks as blocks

# Rows of a table; the others are one click away
LIMIT = 8


class PageScope(NamedTuple):
    """Of whom a page tells, to whom, and what every section needs of it."""

    customer: models.Model
    contact: models.Model
    company: models.Model
    today: object
    partner_ids: list
    may_see_figures: bool
    panel: dict


class CrmCustomerPage(models.AbstractModel):
    """One page on which a colleague understands a customer in ten seconds.

    One dictionary, for the screen and for the print: who he is, then sections. An
    add-on or a room adds a section by overriding :meth:`_get_sections`; its method
    gets a :class:`PageScope` and returns blocks of ``tools/page_blocks.py``, so it
    draws nothing. Every section costs a fixed number of queries, however much a
    customer has bought. What a figure means, says the model that it comes from:
    ``crm.service.panel``, ``crm.sale.fact``, the policies.

    ====================  =====================================================
    part                  shown to
    ====================  =====================================================
    who, instructions     everyone who opens the page
    documents             row by row what the reader may read
    figures               salespeople of the customer and those above them,
                          service, finance, whoever sees all customers
    margin, credit limit  as on the customer's panel; fields as the host says
    ====================  =====================================================
    """

    _name = "crm.customer.page"
    _description = "Customer Page"

    # --- TO EXTEND

    @api.model
    def _get_sections(self):
        """Return the sections: ``key``, ``label``, ``icon``, ``sequence``, ``method``.

        ``groups``: optional, whoever is in one of them sees the section; ``is_wide``:
        optional, takes the whole width; ``is_figures``: optional, hidden from whoever
        may not see the figures of the customer.
        """
        return []

    @api.model
    def _get_drills(self, scope):
        """Return the action behind each figure or table: ``{name: (xml id, domain)}``.

        The reader's rights hold in what opens.
        """
        return {}

    @api.model
    def _get_buttons(self, scope):
        """Return what can be started from here: ``name, label, icon, model, action``.

        ``model`` is what the reader must be able to create, or what ``access`` says;
        ``action`` is called with the scope and returns the action.
        """
        return []

    @api.model
    def _get_reader_groups(self):
        """Return the groups whose members open the page."""
        return [
            "crm_strategy.group_user",
            "crm_service.group_agent",
            "account.group_account_invoice",
            "account.group_account_readonly",
        ]

    @api.model
    def _get_figure_groups(self):
        """Return the groups that see the figures of customers who are not their own."""
        return [
            "crm_service.group_agent",
            "account.group_account_invoice",
            "account.group_account_readonly",
        ]

    # --- CALLED BY THE SCREEN

    @api.model
    @api.readonly
    def get_page(self, partner_id, company_id=False):
        """Return the page of a customer, or of the customer of a contact.

        ``customer``, ``contact``, ``company``, ``instructions``, ``headline``
        (figures), ``sections`` (``key``, ``label``, ``icon``, ``is_wide``,
        ``blocks``), ``buttons``, ``timeline`` (first page), ``timeline_filters``,
        ``may_see_figures``.
        """
        self.env["crm.screen.read.mixin"]._prepare_planner()
        scope = self._get_scope(partner_id, company_id)
        sections = self._prepare_sections(scope)
        return {
            **self._prepare_header(scope),
            "headline": [
                shown for part in sections for shown in part.pop("headline", [])
            ],
            "sections": sections,
            "buttons": [
                {key: button[key] for key in ("name", "label", "icon")}
                for button in self._get_allowed_buttons(scope)
            ],
            "timeline": self._get_timeline_page(scope),
            "timeline_filters": self._get_timeline_filters(),
        }

    @api.model
    def open_button(self, partner_id, name, company_id=False):
        """Return the action of a button of the page."""
        scope = self._get_scope(partner_id, company_id)
        for button in self._get_allowed_buttons(scope):
            if button["name"] == name:
                return button["action"](scope)
        raise AccessError(
            self.env._("You cannot do this for this customer. Reload the page.")
        )

    @api.model
    def open_drill(self, partner_id, name, company_id=False):
        """Return the action that shows what is behind a figure or a table."""
        scope = self._get_scope(partner_id, company_id)
        drills = self._get_drills(scope)
        if name not in drills:
            raise UserError(
                self.env._("There is nothing to open here. Reload the page.")
            )
        xmlid, domain = drills[name]
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        self.env[action["res_model"]].check_access("read")
        action["domain"] = domain
        action["context"] = {"create": False}
        return action

    # --- WHO ASKS, ABOUT WHOM

    @api.model
    def _get_scope(self, partner_id, company_id=False):
        """Return what the sections need, once the reader's rights are checked."""
        company = self._check_reader(company_id)
        page = self.with_company(company)
        contact = page.env["res.partner"].browse(partner_id)
        if type(partner_id) is not int or not contact.exists():
            raise UserError(
                self.env._("This customer was deleted. Go back and choose another.")
            )
        customer = contact.commercial_partner_id
        (contact | customer).check_access("read")
        may_see_figures = page._may_see_figures(customer)
        return PageScope(
            customer=customer,
            contact=contact,
            company=company,
            today=page.env["crm.sale.fact"]._get_today(company),
            partner_ids=page._fetch_partner_ids(customer),
            may_see_figures=may_see_figures,
            panel=page._get_panel(customer, company, may_see_figures),
        )

    @api.model
    def _check_reader(self, company_id):
        """Return the company of the page; only employees with a role read it."""
        groups = self._get_reader_groups()
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(
                self.env._(
                    "The customer page is for sales, service and finance. Ask your "
                    "administrator for one of these roles."
                )
            )
        company_id = company_id or self.env.company.id
        company = self.env.companies.filtered(lambda known: known.id == company_id)
        if not company:
            raise AccessError(
                self.env._(
                    "You do not work in this company at the moment. Choose it at the "
                    "top of the screen first."
                )
            )
        return company

    @api.model
    def _may_see_figures(self, customer):
        """Return whether the reader sees totals of ``customer``, not only documents."""
        user = self.env.user
        if any(user.has_group(group) for group in self._get_figure_groups()):
            return True
        return bool(customer.filtered_domain(customer._get_own_care_domain()))

    @api.model
    def _fetch_partner_ids(self, customer):
        """Return the ids of the customer and all contacts, archived ones too."""
        customer.flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM res_partner
                    WHERE commercial_partner_id = %s ORDER BY id""",
                customer.id,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _get_panel(self, customer, company, may_see_figures):
        """Return the customer's panel, without totals where the reader sees none."""
        panels = self.env["crm.service.panel"]
        if may_see_figures:
            return panels._get_panels(customer, company)[customer.id]
        today = self.env["crm.sale.fact"]._get_today(company)
        orders = panels._get_open_orders(customer, company, today)
        invoices = panels._get_open_invoices(customer, company, today)
        complaints = panels._get_complaints(customer, company)
        shown_orders = orders.get(customer.id, [])
        complaint_count, shown_complaints = complaints.get(customer.id, (0, []))
        return {
            "currency_id": company.currency_id.id,
            "open_order_count": len(shown_orders),
            "late_order_count": panels._count_late(shown_orders),
            "open_orders": shown_orders,
            "open_invoices": invoices and invoices.get(customer.id, []),
            "complaint_count": complaint_count,
            "complaints": shown_complaints,
            "policy": panels._get_policies(customer, company)[customer.id],
        }

    # --- PARTS OF THE PAGE

    @api.model
    def _prepare_header(self, scope):
        customer = scope.customer
        contact = scope.contact
        lines = [customer.street, customer.zip, customer.city, customer.country_id.name]
        return {
            "customer": {
                "id": customer.id,
                "name": customer.name or customer.display_name,
                "reference": customer.ref,
                "is_archived": not customer.active,
                "is_company": customer.is_company,
                "address": ", ".join(line for line in lines if line),
                "phone": customer.phone,
                "email": customer.email,
                "website": customer.website,
                "user": customer.user_id.name,
            },
            "contact": contact != customer
            and {"id": contact.id, "name": contact.name or contact.display_name},
            "company": {"id": scope.company.id, "name": scope.company.name},
            "today": fields.Date.to_string(scope.today),
            "may_see_figures": scope.may_see_figures,
            "instructions": scope.panel["policy"]["special_instructions"] or False,
        }

    @api.model
    def _prepare_sections(self, scope):
        """Return the sections that the reader may see and that show something."""
        page = self.with_company(scope.company)
        found = []
        for section in sorted(page._get_sections(), key=lambda part: part["sequence"]):
            if not page._is_section_shown(section, scope):
                continue
            content = getattr(page, section["method"])(scope)
            shown = [b for b in content["blocks"] if not blocks.is_empty(b)]
            if shown or content.get("headline"):
                found.append(
                    {
                        "key": section["key"],
                        "label": section["label"],
                        "icon": section["icon"],
                        "is_wide": section.get("is_wide", False),
                        "headline": content.get("headline", []),
                        "blocks": shown,
                    }
                )
        return found

    @api.model
    def _is_section_shown(self, section, scope):
        if section.get("is_figures") and not scope.may_see_figures:
            return False
        groups = section.get("groups")
        return not groups or any(self.env.user.has_group(group) for group in groups)

    @api.model
    def _get_allowed_buttons(self, scope):
        """Return the buttons for what the reader may do; none on the archived."""
        if not scope.customer.active:
            return []
        return [
            button
            for button in self._get_buttons(scope)
            if self.env[button["model"]].has_access(button.get("access", "create"))
        ]

    # --- HELPERS FOR SECTIONS

    @api.model
    def _columns_sql(self, query, *names):
        """Return columns of the table of ``query``; rules may have joined others."""
        return [SQL.identifier(query.table, name) for name in names]

    @api.model
    def _money(self, amount, scope, **options):
        """Return a cell with an amount in the company's currency."""
        currency_id = scope.company.currency_id.id
        return blocks.cell(amount, "monetary", currency_id=currency_id, **options)

    @api.model
    def _day(self, value, **options):
        """Return a cell with a day."""
        return blocks.cell(
            fields.Date.to_string(fields.Date.to_date(value)) if value else None,
            "date",
            **options,
        )

    @api.model
    def _link(self, record, label=None, **options):
        """Return a cell that opens ``record``."""
        return blocks.cell(
            label or record.display_name,
            res_model=record._name,
            res_id=record.id,
            **options,
        )
