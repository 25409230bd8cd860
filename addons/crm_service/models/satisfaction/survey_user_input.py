import logging

from psycopg2 import OperationalError

from odoo import api, models

_logger = logging.getLogger(__name__)


class SurveyUserInput(models.Model):
    """An answer that a satisfaction rule asked for becomes a score at once."""

    _inherit = "survey.user_input"

    def _mark_done(self):
        """Keep the score; should that fail, the answer is kept and the job tries."""
        result = super()._mark_done()
        requests = self.env["crm.satisfaction.request"].sudo()  # style: CRM109 customer
        for request in requests.search([("user_input_id", "in", self.ids)]):
            self._keep_score(request)
        return result

    @api.model
    def _keep_score(self, request):
        """Make the score of a finished answer; the customer sees no failure of it."""
        try:
            with self.env.cr.savepoint():
                request._take_answer()
        except OperationalError:
            raise  # the database asks to try the whole again
        except Exception:  # the customer has answered, whatever is broken here
            _logger.warning(
                "No score of satisfaction request %s yet", request.id, exc_info=True
            )

    def _save_lines(self, question, answer, comment=None, overwrite_existing=True):
        """Let a customer correct what the form refused.

        The host saves the good half of a refused page, and then refuses the page
        for good because that half is there already.
        """
        overwrite_existing = overwrite_existing or (
            bool(self.survey_id.crm_score_kind) and self.state != "done"
        )
        return super()._save_lines(question, answer, comment, overwrite_existing)

    @api.ondelete(at_uninstall=False)
    def _unlink_crm_scores(self):
        """An answer that is deleted counts no more, nor is it asked for again."""
        scores = self.env["crm.satisfaction.score"].sudo()  # style: CRM109 go with it
        scores.search([("user_input_id", "in", self.ids)]).unlink()
        requests = self.env["crm.satisfaction.request"].sudo()  # style: CRM109 same
        requests.search([("user_input_id", "in", self.ids)])._suppress("deleted")
