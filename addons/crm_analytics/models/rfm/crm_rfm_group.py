from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...tools import rfm

SCORE_FIELDS = [f"{name}_{end}" for name in rfm.DIMENSIONS for end in ("min", "max")]


class CrmRfmGroup(models.Model):
    """A named box of RFM scores; a customer is in the first group that holds his."""

    _name = "crm.rfm.group"
    _description = "RFM Group"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short technical name. Segment rules refer to the group by it.",
    )
    sequence = fields.Integer(
        default=10, help="The first group that holds a customer's scores wins."
    )
    active = fields.Boolean(default=True)
    color = fields.Integer("Colour")
    description = fields.Text(translate=True, help="Who these customers are.")
    advice = fields.Text(translate=True, help="What to do with these customers.")

    # --- the box, inclusive
    recency_min = fields.Integer("Recency from", default=1, required=True)
    recency_max = fields.Integer("Recency to", default=5, required=True)
    frequency_min = fields.Integer("Frequency from", default=1, required=True)
    frequency_max = fields.Integer("Frequency to", default=5, required=True)
    monetary_min = fields.Integer("Monetary from", default=1, required=True)
    monetary_max = fields.Integer("Monetary to", default=5, required=True)

    scorecard_ids = fields.One2many(
        "crm.customer.scorecard", "rfm_group_id", string="Scorecards"
    )
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")

    _code_uniq = models.UniqueIndex("(code)", "Another RFM group has this code.")
    _recency_range = models.Constraint(
        "CHECK (1 <= recency_min AND recency_min <= recency_max AND recency_max <= 5)",
        "The recency scores of a group lie between 1 and 5, the lower one first.",
    )
    _frequency_range = models.Constraint(
        "CHECK (1 <= frequency_min AND frequency_min <= frequency_max"
        " AND frequency_max <= 5)",
        "The frequency scores of a group lie between 1 and 5, the lower one first.",
    )
    _monetary_range = models.Constraint(
        "CHECK (1 <= monetary_min AND monetary_min <= monetary_max"
        " AND monetary_max <= 5)",
        "The monetary scores of a group lie between 1 and 5, the lower one first.",
    )

    @api.depends_context("allowed_company_ids")
    @api.depends("scorecard_ids")
    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.customer.scorecard"]._read_group(
                [("rfm_group_id", "in", self.ids)], ["rfm_group_id"], ["__count"]
            )
        )
        for group in self:
            group.customer_count = counts.get(group, 0)

    @api.constrains("active", "sequence", *SCORE_FIELDS)
    def _check_groups_cover_every_score(self):
        missing = rfm.uncovered(self._get_rules())
        if missing:
            recency, frequency, monetary = missing[0]
            raise ValidationError(
                self.env._(
                    "No group holds the scores recency %(r)s, frequency %(f)s,"
                    " monetary %(m)s (%(count)s of 125 combinations are left out)."
                    " Widen a group, or add one at the end that holds all scores.",
                    r=recency,
                    f=frequency,
                    m=monetary,
                    count=len(missing),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        groups = super().create(vals_list)
        self._mark_scores_stale()
        return groups

    def write(self, vals):
        result = super().write(vals)
        if {"active", "sequence", *SCORE_FIELDS} & set(vals):
            self._mark_scores_stale()
        return result

    def unlink(self):
        result = super().unlink()
        self._mark_scores_stale()
        return result

    @api.model
    def _mark_scores_stale(self):
        """Note on every policy that its scores follow former rules."""
        policies = self.env["crm.rfm.policy"].sudo()  # style: CRM109 groups are global
        policies.search([("refreshed_at", "!=", False)]).write({"is_stale": True})
        self.env.registry.clear_cache()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        remaining = self.search([("id", "not in", self.ids)])
        if rfm.uncovered(remaining._get_rules(remaining)):
            raise UserError(
                self.env._(
                    "Without %(names)s some scores would belong to no group."
                    " Widen another group first.",
                    names=", ".join(self.mapped("name")),
                )
            )

    @api.model
    def _get_rules(self, groups=None):
        """Return the active groups as :class:`rfm.GroupRule`, in order of priority."""
        groups = self.search([]) if groups is None else groups
        return [
            rfm.GroupRule(
                group.id,
                *(
                    (group[f"{name}_min"], group[f"{name}_max"])
                    for name in rfm.DIMENSIONS
                ),
            )
            for group in groups
        ]

    @api.model
    @tools.ormcache()
    def _get_group_ids(self):
        """Return the id of the group, or None, of each of the 125 scores.

        In ascending order: the first is that of 111, then 112, the last that of 555.
        """
        cells = rfm.group_map(self._get_rules())
        return tuple(cells[scores] for scores in sorted(cells))

    def action_view_customers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_customer_scorecard_action"
        )
        action["domain"] = [("rfm_group_id", "=", self.id)]
        action["display_name"] = self.name
        return action
