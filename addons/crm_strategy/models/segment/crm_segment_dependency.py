from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.dependencies import find_cycle, in_dependency_order

NEGATIONS = {
    "not in": "in",
    "!=": "=",
    "not any": "any",
    "not ilike": "ilike",
    "not like": "like",
    "not =ilike": "=ilike",
    "not =like": "=like",
}


class CrmSegment(models.Model):
    """Which segments a rule tests.

    A rule may build on the segments of other schemes. Which ones, is read from its
    conditions; where a condition does not say, it counts as all segments.
    """

    _inherit = "crm.segment"

    def _get_referenced_segments(self):
        """Return the segments whose memberships the rules of ``self`` test."""
        referenced = self.browse()
        for segment in self.filtered(lambda s: s.method == "rule"):
            domain = segment._parse_rule()
            for condition in self._segment_conditions("res.partner", domain):
                referenced |= condition
        return referenced

    @api.model
    def _segment_conditions(self, model_name, domain):
        """Yield the segments named by each condition below ``domain``."""
        for condition in Domain(domain).iter_conditions():
            names = condition.field_expr.split(".")
            model = self.env[model_name]
            for position, name in enumerate(names):
                rest = ".".join(names[position + 1 :])
                if model._name == "res.partner" and name in (
                    "segment_ids",
                    "segment_membership_ids",
                ):
                    yield self._resolve_segments(
                        name, rest, condition.operator, condition.value
                    )
                    break
                field = model._fields.get(name)
                if field is None or not field.relational:
                    break
                model = self.env[field.comodel_name]
            else:
                if condition.operator in ("any", "not any"):
                    yield from self._segment_conditions(model._name, condition.value)

    @api.model
    def _resolve_segments(self, field_name, rest, operator, value):
        """Return the segments that a condition on a partner's segments is about."""
        segments = self.with_context(active_test=False)
        if field_name == "segment_ids":
            domain = self._get_segment_domain(rest, operator, value)
        else:
            domain = self._get_membership_domain(rest, operator, value)
        return segments.search(domain).with_env(self.env)

    @api.model
    def _get_segment_domain(self, rest, operator, value):
        if rest:
            return Domain(rest, operator, value)
        operator = NEGATIONS.get(operator, operator)
        if operator == "any":
            return Domain(value)
        if operator in ("in", "="):
            values = value if isinstance(value, (list, tuple, set)) else [value]
            if all(isinstance(v, int) and v for v in values):
                return Domain("id", "in", list(values))
            return Domain.TRUE
        return Domain("display_name", operator, value)

    @api.model
    def _get_membership_domain(self, rest, operator, value):
        domain = Domain(rest, operator, value) if rest else Domain.TRUE
        if not rest and operator in ("any", "not any"):
            domain = Domain(value)
        parts = []
        for condition in domain.iter_conditions():
            name, _dot, below = condition.field_expr.partition(".")
            if name == "segment_id":
                parts.append(
                    self._get_segment_domain(below, condition.operator, condition.value)
                )
            elif name == "segmentation_id":
                parts.append(
                    Domain(
                        condition.field_expr,
                        NEGATIONS.get(condition.operator, condition.operator),
                        condition.value,
                    )
                )
        return Domain.OR(parts) if parts else Domain.TRUE


class CrmSegmentation(models.Model):
    """Order and rings of schemes that build on each other."""

    _inherit = "crm.segmentation"

    @api.model
    def _get_dependencies(self):
        """Return ``{id: set of ids}``: the schemes on whose segments a scheme builds.

        A rule that cannot be read names no segment: its own scheme reports it.
        """
        segments = self.env["crm.segment"].sudo()  # style: CRM109 rings cross companies
        dependencies = {}
        for segment in segments.search([("method", "=", "rule")]):
            try:
                referenced = segment._get_referenced_segments()
            except (UserError, ValueError):
                continue
            dependencies.setdefault(segment.segmentation_id.id, set()).update(
                referenced.segmentation_id.ids
            )
        return dependencies

    def _check_no_cycle(self):
        """Refuse schemes that build on themselves, directly or round a ring."""
        dependencies = self._get_dependencies()
        for scheme in self:
            cycle = find_cycle(dependencies, scheme.id)
            if not cycle:
                continue
            schemes = self.browse(cycle).sudo()  # style: CRM109 names of the ring
            raise ValidationError(
                self.env._(
                    "A scheme cannot build on itself: %(cycle)s. A rule may test the "
                    "segments of other schemes, named one by one, if those do not "
                    "test the segments of this one in turn. Change one of these rules.",
                    cycle=" → ".join(schemes.browse(i).name for i in cycle),
                )
            )

    def _in_refresh_order(self):
        """Return ``self`` so that each scheme follows those it builds on."""
        return self.browse(in_dependency_order(self.ids, self._get_dependencies()))
