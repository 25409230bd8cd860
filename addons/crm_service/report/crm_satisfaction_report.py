from odoo import fields, models
from odoo.tools import SQL

from ..models.satisfaction.crm_satisfaction_score import KINDS
from ..tools.satisfaction import CSAT_SATISFIED, NPS_POINTS


class CrmSatisfactionReport(models.Model):
    """One row per request that was due: sent, answered, and what the answer is worth.

    Means over rows give the figures of ``tools/satisfaction.py``: an answer adds
    100, 0 or -100 to the NPS, and 100 or 0 to CSAT; what does not apply is NULL and
    not counted.
    """

    _name = "crm.satisfaction.report"
    _description = "Satisfaction Analysis"
    _auto = False
    _order = "date desc"
    _rec_name = "partner_id"

    date = fields.Datetime(
        readonly=True,
        help="The date of the answer; without an answer, the date of sending; "
        "otherwise the planned date.",
    )
    date_sent = fields.Datetime(
        "Sent On",
        readonly=True,
        help="Group by this date to see the answer rate by the month in which the "
        "questionnaires were sent.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    rule_id = fields.Many2one("crm.satisfaction.rule", readonly=True)
    survey_id = fields.Many2one("survey.survey", "Questionnaire", readonly=True)
    state = fields.Selection(
        selection=lambda self: self._selection_of("state"), readonly=True
    )
    reason = fields.Selection(
        selection=lambda self: self._selection_of("reason"),
        string="Reason Not Asked",
        readonly=True,
    )
    kind = fields.Selection(KINDS, "Kind of Score", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    service_team_id = fields.Many2one("crm.service.team", readonly=True)
    complaint_id = fields.Many2one("crm.complaint", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    nps_class = fields.Selection(
        selection=lambda self: self._selection_of(
            "nps_class", "crm.satisfaction.score"
        ),
        string="NPS Class",
        readonly=True,
    )

    sent_count = fields.Integer("Sent", readonly=True)
    answered_count = fields.Integer("Answered", readonly=True)
    suppressed_count = fields.Integer("Not Asked", readonly=True)
    answer_rate = fields.Float("Answer Rate (%)", readonly=True, aggregator="avg")
    score = fields.Float("Score (0-100)", readonly=True, aggregator="avg")
    nps = fields.Float("NPS", readonly=True, aggregator="avg")
    csat = fields.Float("CSAT (%)", readonly=True, aggregator="avg")
    ces = fields.Float("CES", readonly=True, aggregator="avg")

    _depends = {
        "crm.satisfaction.request": [
            "company_id",
            "rule_id",
            "survey_id",
            "state",
            "reason",
            "partner_id",
            "commercial_partner_id",
            "user_id",
            "team_id",
            "service_team_id",
            "complaint_id",
            "order_id",
            "date_planned",
            "date_sent",
            "date_answered",
        ],
        "crm.satisfaction.score": [
            "request_id",
            "kind",
            "value",
            "score",
            "nps_class",
            "date",
        ],
        "survey.survey": ["crm_score_kind"],
    }

    def _selection_of(self, name, model="crm.satisfaction.request"):
        return self.env[model]._fields[name]._description_selection(self.env)

    @property
    def _table_query(self) -> SQL:
        return SQL("SELECT %s FROM %s", self._select(), self._from())

    def _select(self) -> SQL:
        return SQL(
            """r.id, COALESCE(s.date, r.date_answered, r.date_sent, r.date_planned)
                   AS date, r.date_sent, r.company_id, r.rule_id, r.survey_id,
               r.state, r.reason,
               COALESCE(s.kind, q.crm_score_kind) AS kind, r.partner_id,
               r.commercial_partner_id, r.user_id, r.team_id, r.service_team_id,
               r.complaint_id, r.order_id, s.nps_class,
               (r.date_sent IS NOT NULL)::int AS sent_count,
               (r.date_answered IS NOT NULL)::int AS answered_count,
               (r.state = 'suppressed' AND r.date_sent IS NULL)::int
                   AS suppressed_count,
               CASE WHEN r.date_sent IS NOT NULL
                    THEN 100.0 * (r.date_answered IS NOT NULL)::int
               END AS answer_rate,
               s.score,
               %(nps)s AS nps,
               CASE WHEN s.kind = 'csat'
                    THEN 100.0 * (s.value >= %(satisfied)s)::int END AS csat,
               CASE WHEN s.kind = 'ces' THEN s.value::float8 END AS ces""",
            nps=self._nps_sql(),
            satisfied=CSAT_SATISFIED,
        )

    def _nps_sql(self) -> SQL:
        """Return what an answer adds to the NPS."""
        whens = (
            SQL("WHEN %s THEN %s::float8", name, points)
            for name, points in NPS_POINTS.items()
        )
        return SQL("CASE s.nps_class %s END", SQL(" ").join(whens))

    def _from(self) -> SQL:
        return SQL(
            """crm_satisfaction_request r
               JOIN survey_survey q ON q.id = r.survey_id
          LEFT JOIN crm_satisfaction_score s ON s.request_id = r.id"""
        )
