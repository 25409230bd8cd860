import re

from odoo import api, fields, models

from ...tools.satisfaction import normalise, nps_class, parse_answer

TOKEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MAX_COMMENT = 4000


class CrmSatisfactionRequest(models.Model):
    """What the customer does with the link: answer, or ask to be left alone."""

    _inherit = "crm.satisfaction.request"

    # --- ANSWER

    def _take_answer(self):
        """Keep the score of a finished answer, once; a trial of ours is no answer."""
        self.ensure_one()
        answer = self.user_input_id
        if answer.state != "done" or answer.test_entry or self.state == "suppressed":
            return
        if self.state != "answered":
            self.write(
                {
                    "state": "answered",
                    "date_answered": answer.end_datetime or fields.Datetime.now(),
                    "date_next": False,
                    "error": False,
                }
            )
        scores = self.env["crm.satisfaction.score"]
        vals = self._prepare_score_vals()
        if vals and not scores.search_count([("user_input_id", "=", answer.id)]):
            scores.create(vals)._on_created()

    def _prepare_score_vals(self):
        """Return the values of the score, or None if the answer holds none."""
        survey, answer = self.survey_id, self.user_input_id
        line = answer.user_input_line_ids.filtered(
            lambda line: (
                line.question_id == survey.crm_score_question_id and not line.skipped
            )
        )[:1]
        kind = survey.crm_score_kind
        value = parse_answer(kind, line.value_scale) if kind and line else None
        if value is None:
            return None
        return {
            "request_id": self.id,
            "rule_id": self.rule_id.id,
            "user_input_id": answer.id,
            "survey_id": survey.id,
            "company_id": self.company_id.id,
            "kind": kind,
            "value": value,
            "score": normalise(kind, value),
            "nps_class": nps_class(value) if kind == "nps" else False,
            "is_low": value <= self.rule_id._get_low_value(kind),
            "date": self.date_answered,
            "partner_id": self.partner_id.id,
            "commercial_partner_id": self.commercial_partner_id.id,
            "complaint_id": self.complaint_id.id,
            "picking_id": self.picking_id.id,
            "order_id": self.order_id.id,
            "team_id": self.team_id.id,
            "service_team_id": self.service_team_id.id,
            "user_id": self.user_id.id,
            "product_ids": [fields.Command.set(self._get_products().ids)],
            "segment_ids": [fields.Command.set(self._get_segments().ids)],
            "comment": self._get_comment(),
        }

    def _get_products(self):
        """Return what the complaint or the delivery is about."""
        if self.complaint_id:
            return self.complaint_id.line_ids.product_id
        moves = self.picking_id.move_ids
        return moves.filtered(lambda move: move.state == "done").product_id

    def _get_segments(self):
        """Return the segments of the customer now, as this company sees them."""
        memberships = self.env["crm.segment.membership"].search(
            [
                ("partner_id", "=", self.commercial_partner_id.id),
                ("date_end", "=", False),
                ("company_id", "in", [self.company_id.id, False]),
            ]
        )
        return memberships.segment_id

    def _get_comment(self):
        """Return what the customer wrote, whichever question asked for words."""
        lines = self.user_input_id.user_input_line_ids.sorted("question_sequence")
        texts = (line.value_text_box or line.value_char_box or "" for line in lines)
        return "\n".join(text.strip() for text in texts if text.strip())[:MAX_COMMENT]

    # --- OPT-OUT

    @api.model
    def _find_by_token(self, token):
        """Return the request of a link, or none; the text comes from anybody."""
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            return self.browse()
        system = self.sudo()  # style: CRM109 the token is the right to it
        return system.search([("access_token", "=", token)], limit=1)

    def _opt_out(self):
        """The contact is asked no more; what is planned for him is not sent."""
        self.ensure_one()
        contact = self.partner_id
        if not contact.satisfaction_opt_out:
            contact.satisfaction_opt_out = True
            contact.message_post(
                body=self.env._(
                    "Unsubscribed from questionnaires with the link in our e-mail."
                ),
            )
        waiting = self.search(
            [("partner_id", "=", contact.id), ("state", "=", "planned")]
        )
        waiting._suppress("opted_out")
