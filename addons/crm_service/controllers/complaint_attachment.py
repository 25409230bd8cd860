from werkzeug.exceptions import NotFound

from odoo import SUPERUSER_ID
from odoo.http import request, route

from odoo.addons.mail.controllers.attachment import AttachmentController
from odoo.addons.mail.tools.discuss import add_guest_to_context

MODEL = "crm.complaint"


class ComplaintAttachmentController(AttachmentController):
    """Files in the messages of a complaint: what the form refuses, these refuse too.

    Here a file is looked at as far as its sender has to be told; it is drawn anew
    when the message is posted, see ``_process_attachments_for_post``.
    """

    @route()
    @add_guest_to_context
    def mail_attachment_upload(
        self, ufile, thread_id, thread_model, is_pending=False, **kwargs
    ):
        if thread_model == MODEL and not request.env.user._is_internal():
            if not self._get_thread_with_access_for_post(
                thread_model, thread_id, **kwargs
            ):
                raise NotFound
            if error := self._find_upload_error(ufile):
                return request.make_json_response({"error": error})
            is_pending = True  # only a message brings it to the complaint
        return super().mail_attachment_upload(
            ufile, thread_id, thread_model, is_pending=is_pending, **kwargs
        )

    def _find_upload_error(self, ufile):
        """Return why a file is not taken, a false value if it is."""
        complaints = request.env[MODEL].with_user(SUPERUSER_ID)
        complaints = complaints.with_context(lang=request.env.lang)
        user = request.env.user
        sender = f"user:{user.id}"
        if user._is_public():
            sender = f"address:{request.httprequest.remote_addr}"
        if complaints._is_upload_too_often(sender):
            return request.env._(
                "You have sent too many files within an hour. Please try again later."
            )
        error = complaints._find_file_error(ufile.filename, ufile.stream)
        ufile.stream.seek(0)
        return error
