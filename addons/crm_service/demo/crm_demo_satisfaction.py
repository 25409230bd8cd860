import csv
from datetime import timedelta

from odoo import api, models
from odoo.tools import file_open

from .crm_demo_complaint import FOLDER, QUIET

#: When all customers were asked to recommend us, days ago.
ROUNDS = (208, 24)
#: Segments of the market that are asked.
ASKED = ("mill", "foundry", "water", "dealer")
RULES = ("complaint", "delivery", "cadence")
#: Answers to "Would you recommend us?", in the order of the customers' numbers, and
#: again from the start; none: no answer.
RECOMMEND = (9, 10, None, 7, 9, None, 6, 10, None, 8, 9, None, 10, 3, None, 9)
REASONS = {
    10: "Reliable for years.",
    3: "Since the change of system nobody tells us dates.",
    6: "Good metal, slow answers.",
}
#: Answers after a delivery, likewise.
SATISFIED = (5, 4, None, 4, 5, 3, None, 4)


class CrmDemoStory(models.AbstractModel):
    """A year of questionnaires: sent by the rules, answered or not."""

    _inherit = "crm.demo.story"

    @api.model
    def _load_satisfaction(self):
        """Switch the rules on as of a year ago and let the months go by."""
        quiet = self.with_context(**QUIET, tracking_disable=True)
        begun = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        rules = [self.env.ref(f"crm_service.crm_satisfaction_rule_{r}") for r in RULES]
        complaint, delivery, cadence = rules
        for rule in rules:
            rule.with_env(quiet.env).write({"active": True})
            rule.with_env(quiet.env).date_from = self._get_day(365)
        complaint.cap_days = 10
        delivery.cap_days = 14
        segments = [self.env.ref(f"crm_strategy.crm_segment_{name}") for name in ASKED]
        cadence.segment_ids = [segment.id for segment in segments]
        scores = self._get_scores_of_story()
        (complaint + delivery)._plan()
        rounds = [self._get_day(days_ago) for days_ago in ROUNDS]
        planned = self.env["crm.satisfaction.request"].search([])
        days = {*planned.mapped("date_planned"), *rounds}
        for day in sorted(day for day in days if day <= self._get_day(1)):
            moment = self._get_moment(day) - timedelta(hours=10)
            with quiet._at(moment):
                if day in rounds:
                    cadence.with_env(quiet.env)._plan()
                sent = quiet._send_requests(moment)
            if day < self._get_day(1):
                with quiet._at(moment + timedelta(hours=20)):
                    quiet._answer_requests(sent, scores)
        quiet._finish_talks()
        self._drop_mails(begun)

    @api.model
    def _send_requests(self, moment):
        """Do what is due, as the background job does; return what was sent."""
        requests = self.env["crm.satisfaction.request"]
        due = requests.search(requests._get_due_domain(), order="date_next, id")
        due._do_due()
        return due.filtered(lambda request: request.date_sent == moment)

    @api.model
    def _answer_requests(self, requests, scores):
        """Let the customers answer what was sent, or not."""
        for request in requests:
            value, comment = self._get_answer(request, scores)
            if not value:
                continue
            answer, survey = request.user_input_id, request.survey_id
            words = survey.question_ids - survey.crm_score_question_id
            answer._save_lines(survey.crm_score_question_id, str(value))
            if comment:
                answer._save_lines(words, comment)
            answer._mark_done()

    @api.model
    def _get_scores_of_story(self):
        """Return {complaint: (answer, comment)} of ``complaints.tsv``."""
        with file_open(f"{FOLDER}/complaints.tsv") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        return {
            self.env.ref(f"crm_service.crm_complaint_{row['key']}"): (
                row["score"] and int(row["score"]),
                row["comment"],
            )
            for row in rows
        }

    @api.model
    def _get_answer(self, request, scores):
        """Return (answer or nothing, words) of one customer."""
        if request.complaint_id:
            return scores[request.complaint_id]
        digits = "".join(filter(str.isdigit, request.commercial_partner_id.ref or ""))
        place = int(digits or 0)
        if request.picking_id:
            return SATISFIED[place % len(SATISFIED)], False
        is_second = request.date_planned > self._get_day(100)
        value = RECOMMEND[(place + 5 * is_second) % len(RECOMMEND)]
        return value, REASONS.get(value)

    @api.model
    def _finish_talks(self):
        """Yusuf has talked with all who gave low answers, but for the last weeks."""
        limit = self._get_day(30)
        low = self.env["crm.satisfaction.score"].search([("is_low", "=", True)])
        for score in low.filtered(lambda s: s.date.date() < limit):
            score.activity_ids.action_feedback(
                self.env._("Talked on the telephone; the customer stays.")
            )
