from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_strategy.tools.rule import parse_rule

from ..res_partner import GROUPS

#: Value classes from the best to this one
UP_TO = {"A": ["A"], "B": ["A", "B"], "C": ["A", "B", "C"]}


class CrmCustomerList(models.Model):
    """Whom to find, to keep or to win back now, by conditions that can be changed.

    ========  =================================================================
    kind      who is on the list
    ========  =================================================================
    find      has not bought here yet; open leads promise enough
    keep      valuable now or before, and tends to leave
    win_back  lapsed by the rules of the lifecycle; brought enough before
    ========  =================================================================
    """

    _name = "crm.customer.list"
    _description = "List of Customers to Act on"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("find", "Find"), ("keep", "Keep"), ("win_back", "Win Back")],
        required=True,
        default="keep",
    )
    description = fields.Text(translate=True, help="Whom it shows and what to do.")
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for all companies.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    min_potential = fields.Monetary(
        "Potential from",
        help="Find: the least sum of the expected revenue of open leads and "
        "opportunities. 0: any sum above zero.",
    )
    value_class = fields.Selection(
        [("A", "A"), ("B", "A and B"), ("C", "All")],
        "Value Classes",
        default="B",
        required=True,
        help="Keep: customers of these value classes, or with the monetary score "
        "below.",
    )
    min_churn_score = fields.Integer(
        "Churn Tendency from",
        default=60,
        help="Keep: customers whose churn tendency, from 0 to 100, is this or more.",
    )
    min_monetary_score = fields.Integer(
        "Monetary Score from",
        default=4,
        help="Keep and win back: customers whose monetary score of the RFM, from 1 to "
        "5, is this or more, whenever they bought.",
    )
    domain = fields.Char(
        "Further Conditions", default="[]", help="Customers also meet these conditions."
    )
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")
    color = fields.Integer("Color Index")

    _bounds = models.Constraint(
        "CHECK (min_potential >= 0 AND min_churn_score BETWEEN 0 AND 100"
        " AND min_monetary_score BETWEEN 1 AND 5)",
        "Enter a potential of 0 or more, a churn tendency from 0 to 100 and a monetary "
        "score from 1 to 5.",
    )

    @api.depends_context("company")
    @api.depends("company_id")
    def _compute_currency_id(self):
        for row in self:
            row.currency_id = (row.company_id or self.env.company).currency_id

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends(
        "kind", "min_potential", "value_class", "min_churn_score", "min_monetary_score"
    )
    def _compute_customer_count(self):
        """Count the customers that the reader may see; the lists are few."""
        for row in self:
            row.customer_count = row._count_customers()

    def _count_customers(self):
        self.ensure_one()
        return self.env["res.partner"].search_count(self._get_domain())

    @api.constrains("domain")
    def _check_domain(self):
        for row in self:
            row.env["crm.target.group"].new({"domain": row.domain})._check_choice()

    # --- ACTIONS

    def action_open(self):
        """Open the customers of the list, with what can be done about them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.res_partner_action_list"
        )
        action["name"] = action["display_name"] = self.name
        action["domain"] = [("customer_list_id", "=", self.id)]
        action["context"] = {
            "create": False,
            "crm_analytics_list": self.id,
            **self._get_company_context(),
        }
        return action

    def _get_company_context(self):
        """Return the context in which figures and calls are those of its company."""
        company = self._get_company()
        if company == self.env.company:
            return {}
        return {"allowed_company_ids": company.ids}

    def action_open_leads(self):
        """Open the open leads behind a list of people to be found.

        Leads without a customer are among them: nobody is known behind them yet.
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        action["name"] = action["display_name"] = self.env._("Leads of %s", self.name)
        known = Domain("partner_id.customer_list_id", "=", self.id)
        action["domain"] = list(
            self._get_open_lead_domain() & (known | Domain("partner_id", "=", False))
        )
        action["context"] = self._get_company_context()
        return action

    # --- DOMAINS

    def _get_company(self):
        return self.company_id or self.env.company

    def _get_domain(self):
        """Return the domain on ``res.partner`` of who is on the list."""
        self.ensure_one()
        partners = self.env["res.partner"]
        domain = Domain(partners._get_customer_domain(self._get_company()))
        own = Domain(partners._get_own_care_domain())
        found = getattr(self, f"_get_{self.kind}_domain")()
        return domain & own & found & Domain(parse_rule(self.domain))

    def _get_open_lead_domain(self):
        company = self._get_company()
        return (
            Domain("company_id", "in", [False, company.id])
            & Domain("active", "=", True)
            & Domain("stage_id.is_won", "=", False)
            & Domain("probability", "<", 100)
        )

    def _get_find_domain(self):
        """Never bought here, and open leads of the reader's promise enough.

        Whoever may not read leads sees nobody.
        """
        cards = self.env["crm.customer.scorecard"].with_context(active_test=False)
        bought = cards._search([("company_id", "=", self._get_company().id)])
        leads = self.env["crm.lead"]
        if not leads.has_access("read"):
            return Domain.FALSE
        leads.flush_model(["expected_revenue", "partner_id", "active", "stage_id"])
        query = leads._search(self._get_open_lead_domain())
        names = ("partner_id", "expected_revenue")
        promising = SQL(
            """SELECT p.commercial_partner_id
                 FROM (%s) lead JOIN res_partner p ON p.id = lead.partner_id
             GROUP BY p.commercial_partner_id
               HAVING SUM(lead.expected_revenue) > 0
                  AND SUM(lead.expected_revenue) >= %s""",
            query.subselect(*(SQL.identifier(query.table, name) for name in names)),
            self.min_potential,
        )
        buyers = bought.subselect(SQL.identifier(bought.table, "partner_id"))
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%(id)s IN (%(promising)s) AND %(id)s NOT IN (%(buyers)s)",
                id=SQL.identifier(alias, "id"),
                promising=promising,
                buyers=buyers,
            )
        )

    def _get_keep_domain(self):
        """Valuable customers, not lapsed yet, who tend to leave."""
        company = Domain("company_id", "=", self._get_company().id)
        leaving = company & Domain("churn_score", ">=", self.min_churn_score)
        valued = company & Domain("abc_class", "in", UP_TO[self.value_class])
        return (
            self._get_part_domain("persistency", leaving)
            & (self._get_part_domain("profitability", valued) | self._get_rich_domain())
            & ~self._get_stay_domain("lapsed")
        )

    def _get_win_back_domain(self):
        """Lapsed customers who once brought enough."""
        return self._get_stay_domain("lapsed") & self._get_rich_domain()

    def _get_rich_domain(self):
        """Customers who brought enough since their first order."""
        rich = Domain("company_id", "=", self._get_company().id) & Domain(
            "monetary_score", ">=", self.min_monetary_score
        )
        return self._get_customers(self.env["crm.customer.scorecard"], rich)

    def _get_part_domain(self, part, domain):
        return self._get_customers(self.env[f"crm.scorecard.{part}"], domain)

    def _get_stay_domain(self, state):
        stays = self.env["crm.lifecycle.transition"]
        present = Domain(stays.env["res.partner"]._get_present_stays_domain())
        company = Domain("company_id", "=", self._get_company().id)
        return self._get_customers(
            stays, present & company & Domain("state", "=", state)
        )

    def _get_customers(self, model, domain):
        """Return the domain of the customers of the readable rows of ``model``."""
        query = model._search(domain)
        return Domain(
            "id", "in", query.subselect(SQL.identifier(query.table, "partner_id"))
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    customer_list_id = fields.Many2one(
        "crm.customer.list",
        "Action List",
        store=False,
        search="_search_customer_list_id",
        groups=GROUPS,
        help="Find, keep and win back: customers on one of these lists.",
    )

    @api.model
    def _search_customer_list_id(self, operator, value):
        self._check_field_access(self._fields["customer_list_id"], "read")
        if operator != "in":
            return NotImplemented
        lists = self.env["crm.customer.list"].with_context(active_test=False)
        found = lists.search([("id", "in", [row for row in value if row])])
        return Domain.OR(row._get_domain() for row in found)
