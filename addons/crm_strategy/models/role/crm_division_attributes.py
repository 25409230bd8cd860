from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

CHOICE_KEYS = {"selection": "selection", "tags": "tags"}


class CrmDivision(models.Model):
    """Changes of static attributes after values exist.

    The host keeps the values of a removed or retyped attribute, but nobody can
    read them any more. So what has values keeps its type, its place in the
    definition and the choices in use; its label and all else may change.
    """

    _inherit = "crm.division"

    def write(self, vals):
        """Refuse changes of the definition that would make values unreadable."""
        before = {}
        if "attribute_definition" in vals:
            before = {division: division.attribute_definition for division in self}
        result = super().write(vals)
        for division, definition in before.items():
            division._check_attribute_definition(definition or [])
        return result

    def _check_attribute_definition(self, before):
        """Raise if values of the definition ``before`` cannot be read any more."""
        self.ensure_one()
        now = {attr["name"]: attr for attr in self.attribute_definition or []}
        for attribute in before:
            kept = now.get(attribute["name"], {})
            lost = None
            if kept.get("type") == attribute["type"]:
                lost = self._get_removed_choices(attribute, kept)
                if not lost:
                    continue
            count = self._count_attribute_values(attribute["name"], lost)
            if count:
                raise UserError(self._get_attribute_error(attribute, lost, count))

    def _get_removed_choices(self, before, after):
        """Return the values of the choices that ``after`` no longer has."""
        key = CHOICE_KEYS.get(before["type"])
        if not key:
            return []
        kept = {choice[0] for choice in after.get(key) or []}
        return [c[0] for c in before.get(key) or [] if c[0] not in kept]

    def _count_attribute_values(self, name, choices=None):
        """Count the assignments that hold a value, or one of ``choices``."""
        assignments = self.env["crm.partner.role.assignment"]
        assignments.flush_model(["attributes", "division_id"])
        condition = SQL("attributes -> %s NOT IN ('null', 'false', '[]', '\"\"')", name)
        if choices:
            condition = SQL(
                "(attributes ->> %s = ANY(%s) OR attributes -> %s ?| %s)",
                name,
                choices,
                name,
                choices,
            )
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM crm_partner_role_assignment
                    WHERE division_id = %s AND %s""",
                self.id,
                condition,
            )
        )
        return count

    def _get_attribute_error(self, attribute, choices, count):
        label = attribute.get("string") or attribute["name"]
        if choices:
            return self.env._(
                "%(count)s partners hold a choice of %(attribute)s that would go. Keep "
                "the choice, or change it on these partners first.",
                count=count,
                attribute=label,
            )
        return self.env._(
            "%(count)s partners have a value for %(attribute)s; it would become "
            "unreadable. Keep the attribute and its type. To replace it, rename it "
            "and add a new one.",
            count=count,
            attribute=label,
        )
