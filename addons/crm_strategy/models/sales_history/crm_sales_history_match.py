from urllib.parse import quote

from odoo import api, models
from odoo.tools import SQL

# As the host's own ``__export__``: no module, so no update ever removes them.
KEY_MODULE = "__sales_history__"
KIND = {"res.partner": "partner", "product.product": "product"}


class CrmSalesHistoryImport(models.Model):
    """How keys of the former system find customers and products, or create them.

    In this order: the key of an earlier import; a complete external ID of this
    database (``module.name``); if the import says so, the reference.
    """

    _inherit = "crm.sales.history.import"

    def _get_key_name(self, model_name, key):
        """Return the name of the external ID of a key."""
        return f"{self.source}.{KIND[model_name]}.{quote(key, safe='')}"

    def _match_keys(self, model_name, keys):
        """Return ({key: id}, {key: (problem code, params)}); unknown keys in none."""
        names = {self._get_key_name(model_name, key): key for key in keys}
        rows = self._read_external_ids(model_name, list(names), KEY_MODULE)
        found = {names[name]: res_id for name, res_id in rows}
        full = [key for key in keys if "." in key and key not in found]
        found |= dict(self._read_external_ids(model_name, full))
        problems = {}
        if self.match_reference:
            left = [key for key in keys if key not in found]
            for key, ids in self._read_references(model_name, left):
                if len(ids) == 1:
                    found[key] = ids[0]
                else:
                    problems[key] = ("several", {"value": key})
        problems |= self._get_unusable(model_name, found)
        return {k: v for k, v in found.items() if k not in problems}, problems

    @api.model
    def _read_external_ids(self, model_name, names, module=None):
        """Return (name, id) of existing records with these external IDs."""
        if not names:
            return []
        name = SQL("d.name") if module else SQL("d.module || '.' || d.name")
        if module:
            which = SQL("d.module = %s AND d.name = ANY(%s)", module, names)
        else:
            pairs = [tuple(key.split(".", 1)) for key in names]
            which = SQL(
                """(d.module, d.name) IN (
                       SELECT * FROM unnest(%s::varchar[], %s::varchar[]))""",
                [module_name for module_name, _name in pairs],
                [own_name for _module, own_name in pairs],
            )
        return self.env.execute_query(
            SQL(
                """SELECT %s, d.res_id
                     FROM ir_model_data d JOIN %s r ON r.id = d.res_id
                    WHERE d.model = %s AND %s""",
                name,
                SQL.identifier(self.env[model_name]._table),
                model_name,
                which,
            )
        )

    def _read_references(self, model_name, keys):
        """Return (reference, ids) of records of the company that have no key yet."""
        source, column = SQL("res_partner r"), SQL("r.ref")
        company = SQL("r.company_id")
        if model_name == "product.product":
            source = SQL(
                "product_product r JOIN product_template t ON t.id = r.product_tmpl_id"
            )
            column, company = SQL("r.default_code"), SQL("t.company_id")
        return self.env.execute_query(
            SQL(
                """SELECT %(column)s, array_agg(r.id)
                     FROM %(source)s
                    WHERE %(column)s = ANY(%(keys)s) AND r.active
                      AND (%(company)s IS NULL OR %(company)s = ANY(%(companies)s))
                      AND NOT EXISTS (
                          SELECT 1 FROM ir_model_data d
                           WHERE d.module = %(module)s AND d.model = %(model)s
                             AND d.res_id = r.id)
                 GROUP BY 1""",
                column=column,
                source=source,
                keys=list(keys),
                company=company,
                companies=self.company_id.parent_ids.ids,
                module=KEY_MODULE,
                model=model_name,
            )
        )

    def _get_unusable(self, model_name, found):
        """Return {key: problem} of found records that these orders cannot have."""
        extra, join = SQL("NULL"), SQL()
        company, name = SQL("r.company_id"), SQL("r.complete_name")
        if model_name == "product.product":
            join = SQL("JOIN product_template t ON t.id = r.product_tmpl_id")
            company, extra, name = SQL("t.company_id"), SQL("t.type"), SQL("NULL")
        rows = self.env.execute_query(
            SQL(
                """SELECT r.id, %s, %s, c.name FROM %s r %s
                LEFT JOIN res_company c ON c.id = %s AND c.id <> ALL(%s)
                    WHERE r.id = ANY(%s) AND (c.id IS NOT NULL OR %s = 'combo')""",
                name,
                extra,
                SQL.identifier(self.env[model_name]._table),
                join,
                company,
                self.company_id.parent_ids.ids,
                list(found.values()),
                extra,
            )
        )
        unusable = {row[0]: row[1:] for row in rows}
        problems = {}
        for key, res_id in found.items():
            if res_id in unusable:
                label, kind, owner = unusable[res_id]
                params = {"value": key, "name": label or key, "company": owner}
                code = "other_company" if owner else kind
                problems[key] = (code, params)
        return problems

    # --- CREATION ---

    def _get_or_create(self, model_name, details_by_key):
        """Return ({key: id}, problems); creates what is missing if allowed."""
        found, problems = self._match_keys(model_name, list(details_by_key))
        missing = {
            key: details
            for key, details in details_by_key.items()
            if key not in found and key not in problems
        }
        partners = model_name == "res.partner"
        create = self.create_customers if partners else self.create_products
        if missing and not create:
            code = "unknown_partner" if partners else "unknown_product"
            problems |= {key: (code, {"value": key}) for key in missing}
        elif missing:
            make = self._create_customers if partners else self._create_products
            records = make(missing)
            found |= dict(zip(missing, records.ids, strict=True))
        self._keep_keys(model_name, found)
        return found, problems

    def _keep_keys(self, model_name, found):
        """Note the keys as external IDs, those of found references too."""
        rows = [
            (self._get_key_name(model_name, key), res_id)
            for key, res_id in found.items()
        ]
        if rows:
            names, ids = (list(column) for column in zip(*rows, strict=True))
            self.env.cr.execute(
                SQL(
                    """INSERT INTO ir_model_data
                           (module, name, model, res_id, noupdate, create_uid,
                            write_uid, create_date, write_date)
                       SELECT %(module)s, key.name, %(model)s, key.id, TRUE, %(uid)s,
                              %(uid)s, %(now)s, %(now)s
                         FROM unnest(%(names)s::varchar[], %(ids)s::int[])
                              AS key (name, id)
                           ON CONFLICT (module, name)
                           DO UPDATE SET res_id = EXCLUDED.res_id
                           WHERE ir_model_data.res_id <> EXCLUDED.res_id""",
                    module=KEY_MODULE,
                    model=model_name,
                    uid=self.env.uid,
                    now=self.env.cr.now(),
                    names=names,
                    ids=ids,
                )
            )

    def _create_customers(self, details_by_key):
        countries = self._get_countries()
        partners = self.env["res.partner"].create(
            [
                {
                    "name": details.get("name") or key,
                    "ref": key,
                    "is_company": details.get("is_company", False),
                    "country_id": countries.get(details.get("country")),
                    "customer_rank": 1,
                }
                for key, details in details_by_key.items()
            ]
        )
        self._link_created("created_partner_ids", partners)
        return partners

    def _create_products(self, details_by_key):
        """New products are services that are invoiced as ordered: no stock."""
        products = self.env["product.product"].create(
            [
                {
                    "name": details.get("product") or key,
                    "default_code": key,
                    "type": "service",
                    "invoice_policy": "order",
                    "purchase_ok": False,
                    "list_price": 0.0,
                    "taxes_id": False,
                    "supplier_taxes_id": False,
                    **self._prepare_category_vals(details.get("category")),
                }
                for key, details in details_by_key.items()
            ]
        )
        self._link_created("created_product_ids", products)
        return products

    def _prepare_category_vals(self, path):
        if not path:
            return {}
        category = self.env["product.category"]
        for name in filter(None, (part.strip() for part in path.split("/"))):
            parent = category
            domain = [("name", "=", name), ("parent_id", "=", parent.id)]
            # A path has few parts, and few products are new.
            category = category.search(domain, limit=1)  # style: CRM108 see above
            if not category:
                category = category.create({"name": name, "parent_id": parent.id})
                self._link_created("created_category_ids", category)
        return {"categ_id": category.id}

    def _link_created(self, field_name, records):
        """Note what the import created. Not through the field: reading tens of
        thousands of ids for each batch would make loading quadratic."""
        field = self._fields[field_name]
        records.flush_recordset()
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT %s, unnest(%s)",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                self.id,
                records.ids,
            )
        )
        self.invalidate_recordset([field_name])
