import itertools
from collections import Counter

from odoo import Command
from odoo.tools import SQL

from .common import ScorecardCommon


class AffinityCommon(ScorecardCommon):
    """The people of :class:`ScorecardCommon`, and baskets of products by letter.

    Orders are written by SQL where many are needed: only lines and states count.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.affinity = cls.env["crm.affinity.policy"]._ensure(cls.company)
        cls.affinity.write(
            {
                "level": "product",
                "min_count": 2,
                "min_share": 0,
                "min_confidence": 0,
                "min_lift": 0,
                "window_months": 24,
            }
        )
        cls.today = cls.env["crm.sale.fact"]._get_today(cls.company)
        categories = cls.env["product.category"].create(
            [{"name": "Metal"}, {"name": "Salts"}]
        )
        cls.metal, cls.salts = categories
        cls.products = {
            letter: cls.env["product.product"].create(
                {
                    "name": f"Product {letter}",
                    "type": "service",
                    "invoice_policy": "order",
                    "list_price": 10.0,
                    "taxes_id": False,
                    "categ_id": (cls.metal if letter < "D" else cls.salts).id,
                }
            )
            for letter in "ABCDEF"
        }

    # --- DATA

    @classmethod
    def _sell(cls, partner, letters, days_ago=30, **vals):
        """Return a confirmed order of the products, dated so many days ago."""
        company = vals.pop("company", cls.company)
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.products[letter].id,
                                "product_uom_qty": 1,
                                "price_unit": 10,
                                "tax_ids": False,
                            }
                        )
                        for letter in letters
                    ],
                    **vals,
                }
            )
        )
        order.action_confirm()
        order.date_order = cls._moment(days_ago)
        return order

    @classmethod
    def _moment(cls, days_ago):
        now = cls.env.cr.now().replace(microsecond=0, tzinfo=None)
        [[moment]] = cls.env.execute_query(
            SQL("SELECT %s::timestamp - make_interval(days => %s)", now, days_ago)
        )
        return moment

    @classmethod
    def _sell_many(cls, baskets, days_ago=30):
        """Write confirmed orders by SQL: ``[(partner, letters)]``; return their ids."""
        order = cls._sell(baskets[0][0], "A", days_ago)
        cls.env.flush_all()
        names = ["company_id", "name", "state", "partner_invoice_id"]
        names += ["partner_shipping_id", "currency_id", "currency_rate", "warehouse_id"]
        names += ["picking_policy", "amount_untaxed", "margin", "date_order"]
        ids = []
        for partner, letters in baskets:
            cls.env.cr.execute(
                SQL(
                    """INSERT INTO sale_order (
                              partner_id, write_date, create_date, %(n)s)
                       SELECT %(partner)s, now(), now(), %(n)s
                         FROM sale_order WHERE id = %(order)s RETURNING id""",
                    n=SQL(", ").join(map(SQL.identifier, names)),
                    partner=partner.id,
                    order=order.id,
                )
            )
            [order_id] = cls.env.cr.fetchone()
            ids.append(order_id)
            cls.env.cr.execute(
                SQL(
                    """INSERT INTO sale_order_line (order_id, company_id, state, name,
                              product_id, product_uom_id, product_uom_qty, price_unit,
                              price_subtotal, customer_lead, order_partner_id)
                       SELECT %(order)s, l.company_id, 'sale', 'x', p, l.product_uom_id,
                              1, 10, 10, 0, %(partner)s
                         FROM sale_order_line l, UNNEST(%(products)s) p
                        WHERE l.id = %(line)s""",
                    order=order_id,
                    partner=partner.id,
                    products=[cls.products[letter].id for letter in letters],
                    line=order.order_line.id,
                )
            )
        order._action_cancel()
        cls.env.flush_all()
        cls.env.invalidate_all()
        return ids

    # --- WHAT HAPPENS

    def _count(self, mode="full", until_days_ago=0, company=None):
        return self.env["crm.affinity.run"]._refresh(
            company or self.company, mode, self._moment(until_days_ago)
        )

    def _rules(self, segment=None, company=None):
        """Return ``{"A+B>C": (both, antecedents, consequents, baskets)}``."""
        rules = self.env["crm.product.affinity"].search(
            [
                ("company_id", "=", (company or self.company).id),
                ("level", "=", "product"),
                ("segment_id", "=", segment.id if segment else False),
            ]
        )
        letters = {
            product.product_tmpl_id.id: letter
            for letter, product in self.products.items()
        }
        found = {}
        for rule in rules:
            items = sorted(letters[i] for i in (rule.first_item, rule.second_item) if i)
            name = f"{'+'.join(items)}>{letters[rule.consequent_item]}"
            found[name] = (
                rule.count,
                rule.antecedent_count,
                rule.consequent_count,
                rule.basket_count,
            )
        return found

    @staticmethod
    def _brute_force(baskets, least):
        """Return the rules of sets of letters as :meth:`_rules` does."""
        counts = Counter()
        for basket in map(set, baskets):
            for size in (1, 2, 3):
                counts.update(itertools.combinations(sorted(basket), size))
        rules = {}
        for items, both in counts.items():
            if len(items) == 1 or both < least:
                continue
            for consequent in items:
                rest = tuple(item for item in items if item != consequent)
                rules[f"{'+'.join(rest)}>{consequent}"] = (
                    both,
                    counts[rest],
                    counts[consequent,],
                    len(baskets),
                )
        return rules
