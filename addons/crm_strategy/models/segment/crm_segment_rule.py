import ast
import datetime

import psycopg2

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain


class CrmSegment(models.Model):
    """Rules of segments: what they may say, whom they select, what they build on.

    A rule is a domain on ``res.partner`` made of fixed values and of the host's
    relative dates (``"today -30d"``). It is evaluated for the scheme, not for a
    reader: by the superuser, in the scheme's company with its language and time
    zone, so that it selects the same customers whoever starts the refresh. For
    the same reason its author must be allowed to read each field that it tests.
    """

    _inherit = "crm.segment"

    # --- PARSING

    def _parse_rule(self):
        """Return the rule as a :class:`Domain`; raise UserError if it is none."""
        self.ensure_one()
        try:
            parsed = ast.literal_eval(self.domain or "[]")
            if not isinstance(parsed, list):
                raise TypeError(self.domain)
            return Domain(parsed)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as e:
            raise UserError(
                self.env._(
                    "The rule of %(segment)s is not a list of conditions on customers "
                    "with fixed values. Edit it with the rule editor. It reads: "
                    "%(rule)s",
                    segment=self.name,
                    rule=self.domain,
                )
            ) from e

    def _get_rule_error(self, error):
        """Return a UserError that says what is wrong with this rule."""
        return UserError(
            self.env._(
                "The rule of %(segment)s cannot be used: %(error)s. Open the segment, "
                "correct the condition with the rule editor and save.",
                segment=self.name,
                error=str(error).strip().rstrip("."),
            )
        )

    # --- SELECTION

    def _get_rule_query(self):
        """Return the query of the customers that meet the rule now.

        :raises UserError: when the rule does not fit the customers' fields
        """
        self.ensure_one()
        partners = self.segmentation_id._get_rule_partners()
        domain = self._parse_rule() & Domain(
            partners._get_customer_domain(self.segmentation_id.company_id)
        )
        try:
            return partners._search(domain)
        except (ValueError, TypeError, KeyError, AttributeError, UserError) as e:
            raise self._get_rule_error(e) from e

    def _is_rule_empty(self):
        """Return whether nobody meets the rule; raise UserError if it is broken."""
        query = self._get_rule_query()
        query.limit = 1
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                return not self.env.execute_query(query.select())
        except psycopg2.DataError as e:
            raise self._get_rule_error(e) from e

    def _get_rule_warning(self):
        """Return what is remarkable about the rule, or False."""
        if not self.segmentation_id:
            return False
        try:
            is_empty = self._is_rule_empty()
        except UserError as e:
            return str(e)
        if is_empty:
            return self.env._(
                "No customer meets this rule at present. Check its values, or keep it "
                "if the first such customer is still to come."
            )
        return False

    # --- CHECKS

    @api.constrains("domain", "method", "segmentation_id")
    def _check_rule(self):
        """Refuse rules that cannot be read, that leak, or that chase their own tail."""
        try:
            for segment in self.filtered(lambda s: s.method == "rule"):
                segment._is_rule_empty()
        except UserError as e:
            raise ValidationError(str(e)) from e
        self.segmentation_id._check_no_cycle()

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse rules on what their author may not read."""
        segments = super().create(vals_list)
        segments._check_rule_access()
        return segments

    def write(self, vals):
        """Refuse rules on what their author may not read."""
        result = super().write(vals)
        if not {"domain", "method"}.isdisjoint(vals):
            self._check_rule_access()
        return result

    def _check_rule_access(self):
        """Refuse a rule on fields that its author may not read himself.

        No constraint, since the host checks those as superuser.
        """
        for segment in self.filtered(lambda s: s.method == "rule"):
            segment._check_author_may_read()

    def _check_author_may_read(self):
        self.ensure_one()
        try:
            self.env["res.partner"]._search(self._parse_rule())
        except AccessError as e:
            raise self._get_access_error(e) from e

    def _get_access_error(self, error):
        return AccessError(
            self.env._(
                "The rule of %(segment)s tests something that you may not read "
                "yourself. Use other fields, or ask an administrator to enter the "
                "rule. %(error)s",
                segment=self.name,
                error=error,
            )
        )


class CrmSegmentation(models.Model):
    _inherit = "crm.segmentation"

    def _get_rule_company(self):
        """Return the company whose day, language and money the rules use."""
        self.ensure_one()
        if self.company_id:
            return self.company_id
        root = self.env["res.users"].browse(SUPERUSER_ID)
        return root.sudo().company_id  # style: CRM109 main company of the database

    def _get_rule_partners(self):
        """Return ``res.partner`` in the environment in which rules are evaluated."""
        company = self._get_rule_company().sudo()  # style: CRM109 language, time zone
        companies = company
        if not self.company_id:
            companies |= company.search([])
        return (
            self.env["res.partner"]
            .with_user(SUPERUSER_ID)
            .with_context(
                allowed_company_ids=companies.ids,
                lang=company.partner_id.lang or "en_US",
                tz=self.env["crm.sale.fact"]._get_timezone(company),
            )
        )

    def _get_today(self) -> datetime.date:
        """Return today in the time zone of the scheme."""
        return self.env["crm.sale.fact"]._get_today(self._get_rule_company())
