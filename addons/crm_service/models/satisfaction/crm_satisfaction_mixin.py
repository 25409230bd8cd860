from odoo import api, fields, models

READERS = "crm_service.group_agent,crm_strategy.group_user"


class CrmSatisfactionMixin(models.AbstractModel):
    """How satisfied the customers of a record are: a customer, product, team, case."""

    _name = "crm.satisfaction.mixin"
    _description = "Satisfaction of a Record"

    _satisfaction_field = None  # field of the score that points to the record

    satisfaction_count = fields.Integer(
        "Satisfaction Answers",
        compute="_compute_satisfaction",
        groups=READERS,
    )
    satisfaction_average = fields.Float(
        "Satisfaction",
        compute="_compute_satisfaction",
        groups=READERS,
        help="Average of the scores on a scale from 0 (worst) to 100 (best), "
        "regardless of the questionnaire.",
    )
    satisfaction_text = fields.Char(
        "Satisfaction (Text)",
        compute="_compute_satisfaction_text",
        exportable=False,
        groups=READERS,
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_satisfaction(self):
        """One statement for all records, of the scores that the reader may see."""
        name = self._satisfaction_field
        keys = {record: record._get_satisfaction_key() for record in self}
        ids = {key.id for key in keys.values() if key.id}
        figures = {
            key: (count, average)
            for key, count, average in self.env["crm.satisfaction.score"]._read_group(
                [(name, "in", list(ids))], [name], ["__count", "score:avg"]
            )
        }
        for record, key in keys.items():
            count, average = figures.get(key, (0, 0.0))
            record.satisfaction_count = count
            record.satisfaction_average = average or 0.0

    @api.depends("satisfaction_average", "satisfaction_count")
    @api.depends_context("lang")
    def _compute_satisfaction_text(self):
        """Say the score and how many answers it comes from, as one sentence."""
        for record in self:
            record.satisfaction_text = self.env._(
                "%(score)s / 100 (%(count)s)",
                score=f"{record.satisfaction_average:.0f}",
                count=record.satisfaction_count,
            )

    def _get_satisfaction_key(self):
        """Return the record that scores point to: a contact has his company's."""
        return self._origin

    def action_open_satisfaction(self):
        """Open the scores of this record."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.crm_satisfaction_score_action"
        )
        key = self._get_satisfaction_key()
        return {
            **action,
            "domain": [(self._satisfaction_field, "in", key.ids)],
            "context": {"create": False},
        }
