import ast

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain


class CrmCareRule(models.Model):
    """Whom a rule applies to, and that its author may know what it tests.

    As with the rules of segments: fixed values only, evaluated as the system in the
    company of the rule, so each field that it tests must be readable for its author.
    """

    _inherit = "crm.care.rule"

    # --- SELECTION

    def _parse_domain(self):
        """Return the customers' domain; raise UserError if it is none."""
        self.ensure_one()
        try:
            parsed = ast.literal_eval(self.domain or "[]")
            if not isinstance(parsed, list):
                raise TypeError(self.domain)
            return Domain(parsed)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as e:
            raise self._get_domain_error(e) from e

    def _get_scope_query(self):
        """Return the query of the customers to whom the rule applies now."""
        self.ensure_one()
        partners = self.env["res.partner"].with_company(self.company_id)
        domain = self._parse_domain() & Domain(
            partners._get_customer_domain(self.company_id)
        )
        try:
            return partners._search(domain)
        except (ValueError, TypeError, KeyError, AttributeError, UserError) as e:
            raise self._get_domain_error(e) from e

    def _get_domain_error(self, error):
        return UserError(
            self.env._(
                "The customers of “%(rule)s” cannot be found: %(error)s. Correct the "
                "conditions and save.",
                rule=self.name,
                error=str(error).strip().rstrip("."),
            )
        )

    # --- CHECKS

    @api.constrains("domain", "kind", "field_id")
    def _check_domain(self):
        """Refuse conditions that cannot be read, and a kind without its date."""
        for rule in self:
            if rule.kind == "date" and not rule._is_usable_date():
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” needs a date field of contacts. Choose one.",
                        rule=rule.name,
                    )
                )
            try:
                query = rule._get_scope_query()
                query.limit = 1
                self.env.flush_all()
                with self.env.cr.savepoint(flush=False):
                    self.env.execute_query(query.select())
            except psycopg2.DataError as e:
                raise ValidationError(str(rule._get_domain_error(e))) from e
            except UserError as e:
                raise ValidationError(str(e)) from e

    def _is_usable_date(self):
        """Return whether the date is a plain column of contacts."""
        chosen = self.field_id.sudo()  # style: CRM109 its name and model only
        field = self.env["res.partner"]._fields.get(chosen.name)
        return bool(
            field
            and chosen.model == "res.partner"
            and field.type == "date"
            and field.store
            and field.column_type
            and not field.company_dependent
        )

    def _get_date_name(self):
        """Return the name of the date field of contacts that the rule goes by."""
        return self.field_id.sudo().name  # style: CRM109 its name only

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse rules on what their author may not read."""
        rules = super().create(vals_list)
        rules._check_author_may_read()
        return rules

    def write(self, vals):
        """Refuse rules on what their author may not read."""
        result = super().write(vals)
        if not {"domain", "field_id", "kind"}.isdisjoint(vals):
            self._check_author_may_read()
        return result

    def _check_author_may_read(self):
        """No constraint, since the host checks those as superuser."""
        for rule in self:
            rule._check_is_readable()

    def _check_is_readable(self):
        partners = self.env["res.partner"]
        try:
            partners._search(self._parse_domain())
            if self.kind == "date":
                name = self._get_date_name()
                partners._check_field_access(partners._fields[name], "read")
        except AccessError as e:
            raise AccessError(
                self.env._(
                    "“%(rule)s” uses data that you may not read yourself. Use other "
                    "fields, or ask an administrator to enter the rule. %(error)s",
                    rule=self.name,
                    error=e,
                )
            ) from e
