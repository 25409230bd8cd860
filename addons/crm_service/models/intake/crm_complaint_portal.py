from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.intake_portal import find_answers, find_stage

STAGES = ("received", "working", "decided", "carried_out", "confirmed", "closed")
COLOURS = {
    "received": "info",
    "working": "info",
    "waiting": "warning",
    "decided": "primary",
    "carried_out": "warning",
    "confirmed": "success",
    "closed": "success",
    "merged": "secondary",
    "cancelled": "secondary",
}


class CrmComplaint(models.Model):
    """What the customer sees of his complaint on the portal, and what he may say.

    Pages are made of what stands here, for records that the controller has found by
    customer or by access token.
    """

    _inherit = "crm.complaint"

    @api.model
    def _get_portal_domain(self, partner):
        """Return the complaints of a signed-in person: those of his company."""
        return [("commercial_partner_id", "=", partner.commercial_partner_id.id)]

    def _get_portal_status(self):
        """Return (title, explanation, colour) of where it stands, in plain words."""
        self.ensure_one()
        stage = find_stage(self.state, self.is_waiting, bool(self.merged_into_id))
        return self._get_portal_words()[stage]

    @api.model
    def _get_portal_words(self):
        """Return {stage: (title, explanation, colour)}."""
        titles, texts = self._get_portal_titles(), self._get_portal_texts()
        return {
            stage: (titles[stage], texts[stage], colour)
            for stage, colour in COLOURS.items()
        }

    @api.model
    def _get_portal_titles(self):
        return {
            "received": self.env._("Received"),
            "working": self.env._("In progress"),
            "waiting": self.env._("Waiting for you"),
            "decided": self.env._("Decided"),
            "carried_out": self.env._("Completed"),
            "confirmed": self.env._("Confirmed"),
            "closed": self.env._("Closed"),
            "merged": self.env._("Merged with another complaint"),
            "cancelled": self.env._("Cancelled"),
        }

    @api.model
    def _get_portal_texts(self):
        return {
            "received": self.env._("We have received it and will look into it soon."),
            "working": self.env._("We are working on it."),
            "waiting": self.env._("We have a question for you. Please answer below."),
            "decided": self.env._(
                "We have made a decision and are preparing the next steps."
            ),
            "carried_out": self.env._(
                "Please tell us whether everything is all right now."
            ),
            "confirmed": self.env._(
                "You have confirmed the resolution. We are closing the complaint."
            ),
            "closed": self.env._("This complaint is closed."),
            "merged": self.env._(
                "We are handling it together with another complaint of yours."
            ),
            "cancelled": self.env._("This complaint was withdrawn or cancelled."),
        }

    def _get_portal_steps(self):
        """Return [(title, time or False)] of the way that a complaint goes.

        What was decided has been worked on, also where the first reply comes later.
        """
        self.ensure_one()
        words = self._get_portal_words()
        times = {
            "received": self.date_received,
            "working": self.date_replied or self.date_decided,
            "decided": self.date_decided,
            "carried_out": self.date_executed,
            "confirmed": self.date_confirmed,
            "closed": self.date_closed,
        }
        return [(words[stage][0], times[stage]) for stage in STAGES]

    def _get_portal_promise(self):
        """Return (what is promised, until when) next; (False, False) for nothing."""
        self.ensure_one()
        if self.is_waiting or not self.is_open:
            return False, False
        if not self.date_replied and self.deadline_reply:
            return self.env._("Reply due by"), self.deadline_reply
        if not self.date_decided and self.deadline_decision:
            return self.env._("Decision due by"), self.deadline_decision
        if not self.date_executed and self.deadline_resolution:
            return self.env._("Resolution due by"), self.deadline_resolution
        return False, False

    def _get_portal_remedies(self):
        """Return what the customer gets, each as :meth:`_prepare_portal_vals` says.

        Nothing before the decision is released: until then it may still change.
        """
        self.ensure_one()
        remedies = self.remedy_ids.filtered(
            lambda remedy: remedy.state in ("released", "done")
        )
        return [remedy._prepare_portal_vals() for remedy in remedies]

    def _get_portal_rating_url(self):
        """Return where customers rate how satisfied they are; False for nowhere.

        The personal link of the questionnaire that was sent for this complaint and
        is not answered yet.
        """
        self.ensure_one()
        requests = self.env["crm.satisfaction.request"]
        request = requests.sudo().search(  # style: CRM109 the page checks the reader
            [
                ("complaint_id", "=", self.id),
                ("state", "in", ("sent", "reminded")),
                ("user_input_id", "!=", False),
            ],
            limit=1,
        )
        return request.user_input_id.get_start_url() if request else False

    def _get_portal_answers(self):
        """Return the answers that he may give now: confirm, deny."""
        self.ensure_one()
        return find_answers(self.state)

    def _answer_from_portal(self, answer, words, partner):
        """Do what the customer says: all is well, or it is not.

        :param answer: ``confirm`` or ``deny``
        :param words: what he adds; needed where it is not well
        :return: False where that cannot be answered (any more)
        """
        self.ensure_one()
        if answer not in self._get_portal_answers():
            return False
        if answer == "deny" and not words:
            raise UserError(self.env._("Please tell us what is missing or wrong."))
        if words:
            self.message_post(
                body=words,
                author_id=partner.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        if answer == "confirm":
            self.action_confirm()
            note = self.env._("The customer confirmed the resolution on the portal.")
        else:
            self.action_deny(words)
            note = self.env._(
                "The customer reported on the portal that the problem is not settled."
            )
        self._message_log(body=note, author_id=partner.id)
        return True

    @api.model
    def _create_from_portal(self, vals, lines, files, partner):
        """Create what a signed-in customer has sent; everything is checked already.

        :param vals: values of the complaint
        :param lines: [values of a complained line]
        :param files: [(name, bytes)]
        """
        complaint = self.with_context(mail_create_nosubscribe=True).create(
            {
                **vals,
                "channel": "portal",
                "user_id": False,
                "partner_id": partner.id,
                "date_received": fields.Datetime.now(),
                "line_ids": [fields.Command.create(line) for line in lines],
            }
        )
        if files:
            attachments = complaint._attach(files)
            complaint.message_post(
                author_id=partner.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachment_ids=attachments.ids,
            )
        return complaint
