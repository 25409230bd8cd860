from odoo import models
from odoo.fields import Command
from odoo.tools import SQL

SOURCE = "~"  # no former system can have this name


class CrmSalesHistoryImport(models.Model):
    """What a loaded order looks like in the database, asked from the host itself.

    Creating an order through the ORM takes some 13 ms, a hundred thousand half an
    hour. So for each currency and salesperson one order, and for each product one
    line, is really created and confirmed, its stored columns are read, and it is
    taken back. The rows of all other orders are copies with their own figures,
    so columns of every installed add-on have the values that it would give.
    """

    _inherit = "crm.sales.history.import"

    def _prepare_cache(self, orders, partners, products, cache):
        """Complete what was looked up for earlier batches with what these need."""
        self._prepare_people(orders, partners, cache)
        pairs = {
            (
                cache["currencies"][lines[0]["currency_code"]].id,
                cache["users"].get(lines[0]["login"], (None, None))[0],
            )
            for _key, lines in orders
        }
        new_pairs = pairs - cache.setdefault("orders", {}).keys()
        new_products = set(products.values()) - cache.setdefault("lines", {}).keys()
        if new_pairs or new_products:
            partner = self.env["res.partner"].browse(next(iter(partners.values())))
            self._make_prototypes(partner, new_pairs, new_products, cache)

    def _prepare_people(self, orders, partners, cache):
        if "currencies" not in cache:
            cache["currencies"] = {
                c.name: c for c in self.env["res.currency"].search([])
            }
            cache["users"], cache["rates"], cache["moments"] = {}, {}, {}
            cache["prefixes"] = self._get_name_prefixes()
            cache["taken"] = self._get_taken_names()
        logins = {lines[0]["login"] for _key, lines in orders} - {None}
        missing = logins - cache["users"].keys()
        for login, user in self._get_salespersons(missing).items() if missing else ():
            team = self.env["crm.team"]._get_default_team_id(
                user_id=user.id,
                domain=self.env["crm.team"]._check_company_domain(self.company_id),
            )
            cache["users"][login] = (user.id, team.id or None)
        ids = list(set(partners.values()))
        cache["addresses"] = self._get_addresses(ids)
        unranked = self.env.execute_query(
            SQL(
                """SELECT id FROM res_partner
                    WHERE id = ANY(%s) AND COALESCE(customer_rank, 0) = 0""",
                ids,
            )
        )
        partners = self.env["res.partner"].browse([row[0] for row in unranked])
        partners._increase_rank("customer_rank")

    def _get_addresses(self, partner_ids):
        """Return {partner: (invoice, delivery)} where another address may apply."""
        related = self.env.execute_query(
            SQL(
                """SELECT id FROM res_partner p
                    WHERE id = ANY(%s) AND (parent_id IS NOT NULL OR EXISTS (
                          SELECT 1 FROM res_partner c WHERE c.parent_id = p.id))""",
                partner_ids,
            )
        )
        addresses = {}
        for partner in self.env["res.partner"].browse([row[0] for row in related]):
            found = partner.address_get(["invoice", "delivery"])
            addresses[partner.id] = (found["invoice"], found["delivery"])
        return addresses

    # --- NAMES AND RATES ---

    def _get_name_prefixes(self):
        """Return the beginnings of the numbers that this database gives itself."""
        numbering = self.env["ir.sequence"].sudo()  # style: CRM109 only the prefix
        sequences = numbering.search(
            [
                ("code", "=", "sale.order"),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        return tuple({s.prefix for s in sequences if s.prefix and "%" not in s.prefix})

    def _get_taken_names(self):
        """Return the keys to load that are names of other orders.

        One pass over the orders per run: the host's index on the name is made
        for parts of names and slow for many exact ones, so it is kept out.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT name FROM sale_order
                    WHERE company_id = %s AND sales_history_source IS DISTINCT FROM %s
                      AND name || '' IN (
                          SELECT order_key FROM crm_sales_history_line
                           WHERE import_id = %s AND reason_code IS NULL)""",
                self.company_id.id,
                self.source,
                self.id,
            )
        )
        return {name for (name,) in rows}

    def _get_order_name(self, key, cache):
        """The old number, so that people find it; with the name of its system if
        this database has or may give the same number."""
        prefix = next((p for p in cache["prefixes"] if key.startswith(p)), None)
        if key in cache["taken"] or (prefix and key[len(prefix) :].isdigit()):
            return f"{key} ({self.source})"
        return key

    def _get_rate(self, currency, day, cache):
        """Return the host's rate of the day, as on any order of that day."""
        if (currency, day) not in cache["rates"]:
            cache["rates"][currency, day] = self.env[
                "res.currency"
            ]._get_conversion_rate(
                self.company_id.currency_id, currency, self.company_id, day
            )
        return cache["rates"][currency, day]

    def _get_utc_cached(self, moment, cache):
        if moment not in cache["moments"]:
            if len(cache["moments"]) > 50_000:
                cache["moments"].clear()
            cache["moments"][moment] = self._get_utc(moment)
        return cache["moments"][moment]

    # --- PROTOTYPES ---

    def _prepare_prototype_vals(self, partner, currency_id, user_id, team_id):
        """Return values of an order of the past: nothing is offered, signed, paid,
        taxed or priced by a list any more."""
        vals = {
            "name": "~",
            "company_id": self.company_id.id,
            "partner_id": partner.id,
            "partner_invoice_id": partner.id,
            "partner_shipping_id": partner.id,
            "user_id": user_id or False,
            "team_id": team_id or False,
            "locked": True,
            "require_signature": False,
            "require_payment": False,
            "sales_history_import_id": self.id,
            "sales_history_source": SOURCE,
            "sales_history_key": f"{currency_id}-{user_id}",
        }
        for name in (
            "pricelist_id",
            "fiscal_position_id",
            "payment_term_id",
            "preferred_payment_method_line_id",
            "journal_id",
            "validity_date",
            "note",
            "sale_order_template_id",
        ):
            if name in self.env["sale.order"]._fields:
                vals[name] = False
        return vals

    def _prepare_prototype_line_vals(self, product_id):
        return {
            "product_id": product_id,
            "product_uom_qty": 1.0,
            "price_unit": 0.0,
            "discount": 0.0,
            "tax_ids": [Command.clear()],
            "analytic_distribution": False,
        }

    def _make_prototypes(self, partner, pairs, product_ids, cache):
        teams = dict(cache["users"].values())
        own = self.company_id.currency_id.id
        lines = [
            Command.create(self._prepare_prototype_line_vals(product_id))
            for product_id in product_ids
        ]
        with self.env.cr.savepoint() as savepoint:
            vals = [
                self._prepare_prototype_vals(partner, currency, user, teams.get(user))
                for currency, user in pairs
            ]
            base = self._prepare_prototype_vals(partner, own, "lines", None)
            vals.append(base | {"user_id": False, "order_line": lines})
            orders = self.env["sale.order"].sudo()  # style: CRM109 as only imports may
            orders = orders.create(vals)
            orders.write({"state": "sale"})
            self.env.flush_all()
            rows = self._read_columns(orders)
            line_rows = self._read_columns(orders.order_line)
            savepoint.rollback()
        for pair, row in zip(pairs, rows, strict=False):
            cache["orders"][pair] = row
        for row in line_rows:
            cache["lines"][row["product_id"]] = row
        cache["shared"] = self._get_shared_columns()

    def _read_columns(self, records):
        """Return every stored column of the records but the id, in their order."""
        rows = self.env.execute_query(
            SQL(
                """SELECT to_jsonb(r) FROM %s r WHERE id = ANY(%s)
                 ORDER BY array_position(%s, id)""",
                SQL.identifier(records._table),
                records.ids,
                records.ids,
            )
        )
        return [{k: v for k, v in row.items() if k != "id"} for (row,) in rows]

    def _get_shared_columns(self):
        """Return what a line repeats from its order (company, warehouse, ...)."""
        order, line = (
            self.env["sale.order"]._fields,
            self.env["sale.order.line"]._fields,
        )
        return [
            name
            for name in order.keys() & line.keys()
            if name not in ("create_uid", "write_uid")
            and order[name].column_type
            and line[name].column_type
            and order[name].store
            and line[name].store
            and (
                name == "state"
                or (
                    order[name].type == line[name].type == "many2one"
                    and order[name].comodel_name == line[name].comodel_name
                )
            )
        ]
