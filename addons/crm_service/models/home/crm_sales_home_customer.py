from odoo import api, models
from odoo.fields import Domain


class CrmSalesHome(models.AbstractModel):
    """The customers by value class, and with how many of them nothing is planned."""

    _inherit = "crm.sales.home"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "customers",
                "label": self.env._("Customers by Class"),
                "icon": "fa-users",
                "sequence": 70,
                "method": "_customers",
            },
        ]

    @api.model
    def _customers(self, scope):
        """A row per class: its customers, and those without a next activity."""
        everyone = self._count_by_class(self._get_customer_domain(scope))
        idle = self._count_by_class(
            self._get_customer_domain(scope) & Domain("crm_next_touch_date", "=", False)
        )
        rows = []
        for segment, count in everyone.items():
            without = idle.get(segment, 0)
            rows.append(
                {
                    "key": str(segment.id),
                    "title": segment.name or self.env._("Without a Class"),
                    "note": self._get_customers_text(count),
                    "badge": self.env._("%(count)s without a plan", count=without)
                    if without
                    else False,
                    "share": (count - without) / count,
                    "tone": "warning" if without else "success",
                }
            )
        return {
            "count": sum(idle.values()),
            "tone": "warning",
            "tile": self.env._("Without a Plan"),
            "hint": self.env._("No sales activity is planned."),
            "rows": rows,
            "empty": self.env._("There are no customers yet."),
        }

    @api.model
    def _get_customers_text(self, count):
        if count == 1:
            return self.env._("1 customer")
        return self.env._("%(count)s customers", count=count)

    @api.model
    def _customers_action(self, scope, row_key):
        domain = self._get_customer_domain(scope)
        if row_key:
            segment_id = row_key.isdecimal() and int(row_key)
            domain &= self._get_class_domain(segment_id)
        return self._open(
            "crm_strategy.res_partner_action_customer",
            domain,
            self.env._("Customers"),
            res_partner_search_mode="customer",
            search_default_crm_no_next_touch=1,
        )

    @api.model
    def _get_customer_domain(self, scope):
        partners = self.env["res.partner"]
        return Domain(partners._get_customer_domain(self.env.company)) & Domain(
            "user_id", "in", scope.people
        )

    # --- CLASSES

    @api.model
    def _count_by_class(self, domain):
        """Return ``{segment: customers}`` in the order of the classes, none last."""
        partners = self.env["res.partner"]
        total = partners.search_count(domain)
        counts = dict(
            self.env["crm.segment.membership"]._read_group(
                self._get_place_domain()
                & Domain("partner_id", "in", partners._search(domain)),
                ["segment_id"],
                ["partner_id:count_distinct"],
                order="segment_id",
            )
        )
        rest = total - sum(counts.values())
        if rest > 0:
            counts[self.env["crm.segment"]] = rest
        return counts

    @api.model
    def _get_place_domain(self):
        """Return the memberships that say what a customer is worth now."""
        return Domain("segmentation_id", "=", self._get_scheme_id()) & Domain(
            "date_end", "=", False
        )

    @api.model
    def _get_scheme_id(self):
        """Return the id of the scheme of value classes, False without one."""
        rows = self.env.execute_query(self.env.company._get_value_scheme_sql())
        return rows[0][0] if rows else False

    @api.model
    def _get_class_domain(self, segment_id):
        """Return the customers of a class, of none where there is no id."""
        if segment_id:
            return Domain("segment_ids", "in", [segment_id])
        classes = self.env["crm.segment"].search(
            [("segmentation_id", "=", self._get_scheme_id())]
        )
        return Domain("segment_ids", "not in", classes.ids)
