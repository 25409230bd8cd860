from odoo import fields, models
from odoo.tools import SQL


class CrmOpinionReport(models.Model):
    """What customers said: the opinions received, and the answers to questionnaires.

    Complaints are not among them, nor what was cancelled. These are the opinions that
    the Product part of a customer counts.
    """

    _name = "crm.opinion.report"
    _description = "Opinions and Answers"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "crm.complaint": [
            "commercial_partner_id",
            "company_id",
            "date_received",
            "description",
            "kind_id",
            "state",
            "type",
        ],
        "crm.satisfaction.score": [
            "comment",
            "commercial_partner_id",
            "company_id",
            "date",
            "kind",
            "score",
        ],
    }

    date = fields.Datetime(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    source = fields.Selection(
        [("opinion", "Opinion"), ("answer", "Answer to a questionnaire")],
        "Received as",
        readonly=True,
    )
    kind_id = fields.Many2one("crm.complaint.kind", "Kind of opinion", readonly=True)
    score_kind = fields.Selection(
        selection=lambda self: (
            self.env["crm.satisfaction.score"]
            ._fields["kind"]
            ._description_selection(self.env)
        ),
        string="Kind of score",
        readonly=True,
    )
    score = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Of an answer, on a scale from 0 (worst) to 100 (best).",
    )
    text = fields.Text("What was said", readonly=True)
    complaint_id = fields.Many2one("crm.complaint", "Opinion", readonly=True)
    answer_id = fields.Many2one("crm.satisfaction.score", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT c.id::bigint * 2 AS id, c.date_received AS date, c.company_id,
                      c.commercial_partner_id AS partner_id, 'opinion' AS source,
                      c.kind_id, NULL::varchar AS score_kind,
                      NULL::float8 AS score, c.description AS text,
                      c.id AS complaint_id, NULL::int AS answer_id
                 FROM crm_complaint c
                WHERE c.type = 'opinion' AND c.state <> 'cancelled'
            UNION ALL
               SELECT s.id::bigint * 2 + 1, s.date, s.company_id,
                      s.commercial_partner_id, 'answer', NULL, s.kind, s.score,
                      s.comment, NULL, s.id
                 FROM crm_satisfaction_score s"""
        )

    def action_open_record(self):
        """Open the opinion or the answer, as far as the reader may read it."""
        self.ensure_one()
        record = self.complaint_id or self.answer_id
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("What Was Said"),
            "res_model": record._name,
            "res_id": record.id,
            "views": [[False, "form"]],
        }
        if not self.complaint_id or record.has_access("read"):
            return action
        return {
            **action,
            "res_model": "crm.complaint.report",
            "res_id": False,
            "views": [[False, "list"], [False, "form"]],
            "domain": [("complaint_id", "=", record.id)],
        }
