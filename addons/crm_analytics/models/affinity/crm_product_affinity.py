from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.affinity_gap import Gap


class CrmProductAffinity(models.Model):
    """A rule of what is bought together: whoever buys A (and A2) also buys B.

    Written by a run only, see ``crm.affinity.engine``; the figures are explained in
    ``tools/affinity.py``. A rule is about products or about product categories, and
    about all customers or those of one segment.
    """

    _name = "crm.product.affinity"
    _description = "Product Affinity"
    _order = "lift desc, count desc, id"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    run_id = fields.Many2one(
        "crm.affinity.run", readonly=True, index="btree_not_null", ondelete="set null"
    )
    level = fields.Selection(
        [("product", "Product"), ("category", "Product Category")],
        required=True,
        readonly=True,
    )
    segment_id = fields.Many2one(
        "crm.segment",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The customers of the segment; empty for all customers.",
    )

    # --- what goes together
    first_item = fields.Integer(readonly=True, required=True, aggregator=None)
    second_item = fields.Integer(readonly=True, required=True, aggregator=None)
    consequent_item = fields.Integer(readonly=True, required=True, aggregator=None)
    item_count = fields.Integer("Items", readonly=True, aggregator=None)
    antecedent_tmpl_id = fields.Many2one(
        "product.template",
        "Bought Product",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    antecedent2_tmpl_id = fields.Many2one(
        "product.template",
        "And Product",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    consequent_tmpl_id = fields.Many2one(
        "product.template",
        "Also Product",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    antecedent_categ_id = fields.Many2one(
        "product.category",
        "Bought Category",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    antecedent2_categ_id = fields.Many2one(
        "product.category",
        "And Category",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    consequent_categ_id = fields.Many2one(
        "product.category",
        "Also Category",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    # --- how often
    count = fields.Integer(
        "Baskets with All",
        readonly=True,
        help="Baskets in which all items of the rule are.",
    )
    antecedent_count = fields.Integer(
        "Baskets with the Antecedent", readonly=True, aggregator=None
    )
    consequent_count = fields.Integer(
        "Baskets with the Consequent", readonly=True, aggregator=None
    )
    basket_count = fields.Integer("Baskets", readonly=True, aggregator="max")
    support = fields.Float(
        readonly=True,
        digits=(16, 6),
        aggregator="avg",
        help="Share of all baskets in which all items of the rule are.",
    )
    confidence = fields.Float(
        readonly=True,
        digits=(16, 4),
        aggregator="avg",
        help="Of the baskets with the antecedent, the share that has the consequent.",
    )
    lift = fields.Float(
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        help="How many times more often than in all baskets the consequent is bought "
        "with the antecedent. 1: no relation.",
    )
    leverage = fields.Float(
        readonly=True,
        digits=(16, 6),
        aggregator="avg",
        help="Support less what it would be if both were bought independently.",
    )
    date_start = fields.Date("Orders From", readonly=True)
    date_end = fields.Date("Orders Until", readonly=True)
    sentence = fields.Char("In Words", compute="_compute_sentence")

    _rule_uniq = models.UniqueIndex(
        "(company_id, level, first_item, second_item, consequent_item,"
        " COALESCE(segment_id, 0))",
        "A rule stands once per company and segment.",
    )

    # --- COMPUTE

    def _get_names(self):
        """Return the names of antecedent (as text) and consequent."""
        self.ensure_one()
        if self.level == "category":
            parts = self.antecedent_categ_id, self.antecedent2_categ_id
            consequent = self.consequent_categ_id
        else:
            parts = self.antecedent_tmpl_id, self.antecedent2_tmpl_id
            consequent = self.consequent_tmpl_id
        # names as on a price list, of products that the reader may not open too
        known = [part.sudo().name for part in parts if part]  # style: CRM109 names
        return known, consequent.sudo().name or ""  # style: CRM109 its name only

    @api.depends("first_item", "second_item", "consequent_item", "level")
    def _compute_display_name(self):
        for rule in self:
            antecedent, consequent = rule._get_names()
            rule.display_name = f"{' + '.join(antecedent)} → {consequent}"

    @api.depends_context("lang")
    @api.depends("first_item", "second_item", "consequent_item", "count", "lift")
    def _compute_sentence(self):
        """Say it as a colleague would."""
        for rule in self:
            antecedent, consequent = rule._get_names()
            figures = {
                "consequent": consequent,
                "count": rule.count,
                "total": rule.antecedent_count,
                "lift": f"{rule.lift:.1f}",
            }
            if len(antecedent) > 1:
                rule.sentence = self.env._(
                    "Who buys %(first)s and %(second)s also buys %(consequent)s: "
                    "%(count)s of %(total)s baskets, %(lift)s times as often as in "
                    "all baskets.",
                    first=antecedent[0],
                    second=antecedent[1],
                    **figures,
                )
            else:
                rule.sentence = self.env._(
                    "Who buys %(first)s also buys %(consequent)s: %(count)s of "
                    "%(total)s baskets, %(lift)s times as often as in all baskets.",
                    first=antecedent[0] if antecedent else "",
                    **figures,
                )

    # --- ACTIONS

    def action_open_customers(self):
        """Open the customers who bought the antecedent but not the consequent."""
        self.ensure_one()
        return self._get_customers_action(
            self._get_gap(),
            self.env._("To Be Offered: %s", self.display_name),
        )

    def action_plan_calls(self):
        """Open the choice of calls for the customers whom the rule speaks for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan Calls"),
            "res_model": "crm.affinity.call",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_affinity_id": self.id},
        }

    @api.model
    def _get_customers_action(self, gap, name):
        """Open customers in the customer list, as far as the reader may see them.

        :param gap: who they are; there may be too many to name each, see :class:`Gap`
        """
        self._check_reader()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "res.partner",
            "views": [[False, "list"], [False, "form"]],
            "domain": [("crm_affinity_gap", "=", str(gap)), *self._get_reader_domain()],
            "context": {"create": False},
        }

    # --- WHO BOUGHT ONE AND NOT THE OTHER

    def _find_missing_customers(self):
        """Return the ids of the customers with the antecedent but not the consequent.

        As far as the reader may read them; by value, the one who bought most first.
        """
        return self._find_customers(self._get_gap())

    def _get_gap(self):
        """Return what the customers of this rule bought, and what they did not."""
        self.ensure_one()
        return Gap(
            self.company_id.id,
            self.level,
            tuple(item for item in (self.first_item, self.second_item) if item),
            self.consequent_item,
            self.segment_id.id or 0,
        )

    @api.model
    def _find_customers(self, gap):
        """Return the ids of the customers of ``gap`` whom the reader may read.

        By value, the one who bought most first.
        """
        rows = self.env.execute_query(self._customers_sql(gap))
        return self._keep_readable([customer_id for [customer_id] in rows])

    @api.model
    def _customers_sql(self, gap) -> SQL:
        """Return the ids of the customers who bought all but what is missing."""
        facts = self.env["crm.sale.fact"]
        facts._flush_sources()
        self.env.flush_all()
        company = self.env["res.company"].browse(gap.company_id)
        policy = self.env["crm.affinity.policy"]._ensure(company)
        item = {"product": SQL("t.id"), "category": SQL("t.categ_id")}[gap.level]
        items = [*gap.bought, gap.missing]
        return SQL(
            """SELECT f.customer_id
                 FROM (%(orders)s) f
                 JOIN sale_order_line l ON l.order_id = f.order_id
                 JOIN product_product p ON p.id = l.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id
                 JOIN res_partner c ON c.id = f.customer_id AND c.active
                WHERE l.display_type IS NULL AND l.product_uom_qty > 0
                  AND f.date_order >= %(since)s AND %(item)s = ANY(%(items)s)
                  AND l.product_id = ANY(%(products)s) %(inside)s
             GROUP BY f.customer_id
               HAVING COUNT(DISTINCT %(item)s)
                      FILTER (WHERE %(item)s = ANY(%(bought)s)) = %(number)s
                  AND NOT BOOL_OR(%(item)s = %(missing)s)
             ORDER BY SUM(l.price_subtotal) DESC, f.customer_id""",
            orders=facts._orders_sql(policy.company_id),
            since=policy._get_window_start(),
            item=item,
            items=items,
            products=self._find_variants(gap.level, items),
            inside=self._inside_sql(gap),
            bought=list(gap.bought),
            number=len(gap.bought),
            missing=gap.missing,
        )

    @api.model
    def _inside_sql(self, gap) -> SQL:
        """Return the condition that customer ``f`` is in the segment, if any."""
        if not gap.segment_id:
            return SQL()
        return SQL(
            """AND f.customer_id IN (
                   SELECT partner_id FROM crm_segment_membership
                    WHERE segment_id = %s AND date_end IS NULL)""",
            gap.segment_id,
        )

    @api.model
    def _find_variants(self, level, items):
        """Return the ids of the products that are these items; so an index is used."""
        column = {"product": SQL("t.id"), "category": SQL("t.categ_id")}[level]
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id FROM product_product p
                     JOIN product_template t ON t.id = p.product_tmpl_id
                    WHERE %s = ANY(%s)""",
                column,
                items,
            )
        )
        return [product_id for [product_id] in rows]

    @api.model
    def _keep_readable(self, ids):
        """Return those who are the reader's customers, in the same order.

        Salespeople read all partners; whom they sell to say the rules of scorecards.
        """
        self._check_reader()
        domain = self._get_reader_domain()
        readable = self.env["res.partner"].search([("id", "in", ids), *domain])
        known = set(readable.ids)
        return [partner_id for partner_id in ids if partner_id in known]

    @api.model
    def _check_reader(self):
        cards = self.env["crm.customer.scorecard"].with_context(active_test=False)
        if not cards.has_access("read"):
            raise UserError(
                self.env._("This list is for salespeople, managers and analysts.")
            )

    @api.model
    def _get_reader_domain(self):
        """Return the domain on partners of the reader's own customers."""
        sees_all = any(
            self.env.user.has_group(group)
            for group in (
                "sales_team.group_sale_salesman_all_leads",
                "crm_strategy.group_manager",
                "crm_analytics.group_analyst",
            )
        )
        if self.env.su or sees_all:
            return []
        people = self.env.user.crm_tree_user_ids.ids
        return [("user_id", "in", [*people, False])]
