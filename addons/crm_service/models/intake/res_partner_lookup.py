import re

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ...tools.intake_caller import local_part, read_caller

# people looked at for one meaning of what was typed, and people shown
FOUND_MAX = 60
SHOWN_MAX = 20
ORDERS_SHOWN = 3


class ResPartner(models.Model):
    """Who is calling: found while he speaks, by indexes only.

    The host's search of lists looks for text inside a column, which reads the whole
    table. Here every meaning of the typed text has an index of its own: the last
    digits of a telephone number, the beginning of an e-mail address or of an order
    number, the beginning of any word of a name.
    """

    _inherit = "res.partner"

    _crm_phone_tail_idx = models.Index(
        r"(right(regexp_replace(phone, '\D', '', 'g'), 8)) WHERE phone IS NOT NULL"
    )
    _crm_email_start_idx = models.Index(
        "(email_normalized text_pattern_ops) WHERE email_normalized IS NOT NULL"
    )
    _crm_name_words_idx = models.Index(
        "USING gin (to_tsvector('simple'::regconfig, complete_name))"
    )

    @api.model
    def service_lookup(self, text):
        """Return who may be calling, the most likely first.

        :param str text: telephone number, e-mail address, order number or name
        :return: [{id, name, customer, city, phone, email, order_id, orders,
            date_last_order, complaint_count, found_by}]
        """
        if not self.env.user.has_group("crm_service.group_agent"):
            raise AccessError(self.env._("Only customer service can look up callers."))
        found, order_of = self._find_callers(text)
        return self._prepare_callers(found, order_of)

    def _find_callers(self, text):
        """Return ({partner id: what he was found by}, {customer id: order id})."""
        meanings = read_caller(text)
        found, order_of = {}, {}
        if "order" in meanings:
            for partner_id, customer_id, order_id in self._fetch_by_order(
                meanings["order"]
            ):
                found.setdefault(partner_id, "order")
                order_of.setdefault(customer_id, order_id)
        for meaning in ("phone", "email", "name"):
            if meaning in meanings:
                query = getattr(self, f"_get_caller_{meaning}_sql")(meanings[meaning])
                for (partner_id,) in self._fetch_callers(query):
                    found.setdefault(partner_id, meaning)
        return found, order_of

    def _fetch_callers(self, condition):
        """Return [(id,)] of known contacts of our companies that meet ``condition``."""
        if not condition:
            return []
        self.flush_model(
            [
                "active",
                "company_id",
                "complete_name",
                "email_normalized",
                "partner_share",
                "phone",
            ]
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT p.id FROM res_partner p
                 WHERE %s AND p.active AND p.partner_share
                   AND (p.company_id IS NULL OR p.company_id = ANY(%s))
                 LIMIT %s
                """,
                condition,
                self.env.companies.ids,
                FOUND_MAX,
            )
        )

    def _get_caller_phone_sql(self, number):
        """Any notation of a number: its last digits; a part of one: how it begins."""
        digits = re.sub(r"\D", "", number)
        begins = SQL(
            r"regexp_replace((p.phone::text), '[\s\\./\(\)\-]'::text, ''::text, "
            r"'g'::text) LIKE %s",
            f"{number}%",
        )
        if len(digits) < 8:
            return SQL("(p.phone IS NOT NULL AND %s)", begins)
        tail = SQL(
            r"right(regexp_replace(p.phone, '\D', '', 'g'), 8) = %s", local_part(digits)
        )
        return SQL("p.phone IS NOT NULL AND (%s OR %s)", tail, begins)

    def _get_caller_email_sql(self, address):
        return SQL("p.email_normalized LIKE %s", _begins_with(address))

    def _get_caller_name_sql(self, name):
        """Each word, or the beginning of one.

        The word itself is named as well, though its beginning covers it: the planner
        knows how common it is, and does not collect all the people of a common name.
        """
        words = re.findall(r"\w+", name)[:6]
        if not words:
            return None
        query = " & ".join(f"('{word}' | '{word}':*)" for word in words)
        return SQL(
            "to_tsvector('simple'::regconfig, p.complete_name) "
            "@@ to_tsquery('simple'::regconfig, %s)",
            query,
        )

    def _fetch_by_order(self, number):
        """Return [(partner id, customer id, order id)] of orders that begin so."""
        orders = self.env["sale.order"]
        orders.flush_model(["name", "client_order_ref", "partner_id", "company_id"])
        start = _begins_with(number.lower())
        columns = (SQL("lower(o.name)"), SQL("lower(o.client_order_ref)"))
        parts = [
            SQL(
                """
                (SELECT p.id, p.commercial_partner_id, o.id
                   FROM sale_order o JOIN res_partner p ON p.id = o.partner_id
                  WHERE %s LIKE %s AND o.state = 'sale' AND o.company_id = ANY(%s)
                    AND p.active
                  LIMIT %s)
                """,
                column,
                start,
                self.env.companies.ids,
                FOUND_MAX,
            )
            for column in columns
        ]
        return self.env.execute_query(SQL(" UNION ALL ").join(parts))

    # --- WHAT IS SHOWN OF THEM

    def _prepare_callers(self, found, order_of):
        partners = self.search(Domain("id", "in", list(found)))
        rank = {meaning: i for i, meaning in enumerate(("order", "phone", "email"))}
        orders = partners._fetch_recent_orders()
        counts = partners._count_open_complaints()
        customers = {p: p.commercial_partner_id.id for p in partners}
        shown = sorted(
            partners,
            key=lambda p: (
                rank.get(found[p.id], 9),
                not orders.get(customers[p]),
                p.complete_name or "",
                p.id,
            ),
        )[:SHOWN_MAX]
        return [
            {
                "id": partner.id,
                "name": partner.name or partner.complete_name or "",
                "customer": partner.commercial_partner_id.name or "",
                "city": partner.city or "",
                "phone": partner.phone or "",
                "email": partner.email or "",
                "found_by": found[partner.id],
                "order_id": order_of.get(customers[partner], False),
                "orders": orders.get(customers[partner], []),
                "complaint_count": counts.get(customers[partner], 0),
            }
            for partner in shown
        ]

    def _fetch_recent_orders(self):
        """Return {customer id: [{id, name, date}]}, the latest orders first."""
        if not self:
            return {}
        self.env["sale.order"].flush_model(["partner_id", "date_order", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, o.id, o.name, o.date_order
                  FROM unnest(%(customers)s) AS c(id)
                 CROSS JOIN LATERAL (
                       SELECT o.id, o.name, o.date_order
                         FROM res_partner p
                        -- per person, so that an index gives the latest alone
                        CROSS JOIN LATERAL (
                              SELECT o.id, o.name, o.date_order
                                FROM sale_order o
                               WHERE o.partner_id = p.id AND o.state = 'sale'
                                 AND o.company_id = ANY(%(companies)s)
                               ORDER BY o.date_order DESC, o.id DESC
                               LIMIT %(limit)s
                              ) o
                        WHERE p.commercial_partner_id = c.id
                        ORDER BY o.date_order DESC, o.id DESC
                        LIMIT %(limit)s
                       ) o
                """,
                customers=self.commercial_partner_id.ids,
                companies=self.env.companies.ids,
                limit=ORDERS_SHOWN,
            )
        )
        orders = {}
        for customer_id, order_id, name, day in rows:
            orders.setdefault(customer_id, []).append(
                {"id": order_id, "name": name, "date": format_date(self.env, day)}
            )
        return orders

    def _count_open_complaints(self):
        """Return {customer id: how many of his complaints are open, of any team}."""
        complaints = self.env["crm.complaint"].sudo()  # style: CRM109 numbers only
        groups = complaints._read_group(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("is_open", "=", True),
                ("company_id", "in", self.env.companies.ids),
            ],
            ["commercial_partner_id"],
            ["__count"],
        )
        return {customer.id: count for customer, count in groups}

    def _search_service_caller(self, operator, value):
        """A number in another notation finds the caller as well."""
        domain = super()._search_service_caller(operator, value)
        if domain is NotImplemented or not isinstance(value, str):
            return domain
        number = read_caller(value).get("phone", "")
        if len(re.sub(r"\D", "", number)) >= 8:
            query = SQL(
                r"(SELECT p.id FROM res_partner p WHERE p.phone IS NOT NULL "
                r"AND right(regexp_replace(p.phone, '\D', '', 'g'), 8) = %s)",
                local_part(number),
            )
            domain = Domain(domain) | Domain("id", "in", query)
        return domain


def _begins_with(text):
    """Return the LIKE pattern of what begins with ``text``, whatever stands in it."""
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"
