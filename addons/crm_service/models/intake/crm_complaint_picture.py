import io
import struct

from PIL import Image

from odoo import api, models
from odoo.tools.image import image_apply_opt, image_fix_orientation

from ...tools.intake_file import EXTENSIONS, PICTURES, find_problem, sniff
from ...tools.intake_text import clean_text

MAX_PIXELS = 50_000_000
MAX_SIDE = 2560
# what the decoders raise when a file only pretends to be a picture
PICTURE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    OverflowError,
    struct.error,
    Image.DecompressionBombError,
)


class CrmComplaint(models.Model):
    """Pictures from strangers: told by their bytes, drawn anew, named by us."""

    _inherit = "crm.complaint"

    @api.model
    def _get_picture_limits(self):
        """Return (how many files, bytes of each, kinds) a customer may send."""
        kinds = PICTURES
        if self._get_intake_setting("is_pdf_accepted"):
            kinds += ("pdf",)
        return (
            self._get_intake_setting("picture_max"),
            self._get_intake_setting("picture_mb") * 1024 * 1024,
            kinds,
        )

    @api.model
    def _read_uploads(self, uploads):
        """Return (files, errors): [(name, bytes)] that are safe to keep, and texts.

        :param uploads: [(name, stream)] as the browser sent them
        """
        max_count, max_bytes, kinds = self._get_picture_limits()
        files, errors = [], []
        uploads = [(name, stream) for name, stream in uploads if name or stream]
        if len(uploads) > max_count:
            return [], [
                self.env._("Please send %(count)s files at most.", count=max_count)
            ]
        for number, (name, stream) in enumerate(uploads, start=1):
            data = stream.read(max_bytes + 1)
            if not data and not name:
                continue
            problem = find_problem(data, kinds, max_bytes)
            content = None if problem else self._redraw(data)
            if content is None:
                errors.append(self._get_upload_error(problem, name, max_bytes))
            else:
                extension = EXTENSIONS[sniff(content)]
                files.append((f"{self.env._('Picture')}-{number}.{extension}", content))
        return files, errors

    @api.model
    def _find_file_error(self, name, stream):
        """Return why a single file is not taken, None if it looks all right."""
        _count, max_bytes, kinds = self._get_picture_limits()
        problem = find_problem(stream.read(max_bytes + 1), kinds, max_bytes)
        return self._get_upload_error(problem, name, max_bytes) if problem else None

    @api.model
    def _is_upload_too_often(self, sender):
        """Count a file of ``sender``; return whether it is one too many this hour."""
        limits = self.env["crm.intake.limit"]
        limit = self._get_intake_setting("hourly_limit")
        limit *= self._get_intake_setting("picture_max")
        return limits._count(f"file:{sender}") > limit

    @api.model
    def _get_upload_error(self, problem, name, max_bytes):
        name = clean_text(name, is_line=True)[:60] or "?"
        if problem == "empty":
            return self.env._("“%(name)s” is empty.", name=name)
        if problem == "large":
            return self.env._(
                "“%(name)s” is too large. The maximum is %(size)s MB.",
                name=name,
                size=max_bytes // (1024 * 1024),
            )
        return self.env._(
            "“%(name)s” is not a supported picture. Please send a JPEG, PNG or GIF "
            "file.",
            name=name,
        )

    @api.model
    def _redraw(self, data):
        """Return a picture drawn anew, without what else it holds; None if broken.

        Place and camera (EXIF), comments, thumbnails and anything hidden behind the
        picture stay behind. A PDF is kept as it is.
        """
        kind = sniff(data)
        if kind == "pdf":
            return data
        try:
            image = Image.open(io.BytesIO(data), formats=[kind])
            if image.width * image.height > MAX_PIXELS:
                return None
            image = image_fix_orientation(image)
            image.thumbnail((MAX_SIDE, MAX_SIDE))
            image = image.convert("RGB" if kind == "jpeg" else "RGBA")
            image.info = {}
            if kind == "jpeg":
                return image_apply_opt(image, "JPEG", quality=88, optimize=True)
            return image_apply_opt(image, "PNG", optimize=True)
        except PICTURE_ERRORS:
            return None

    # --- FILES IN MESSAGES OF CUSTOMERS

    def _process_attachments_for_post(self, attachments, attachment_ids, msg_values):
        """Draw anew what a customer attaches to a message, or refuse the message."""
        if attachment_ids and not self.env.user._is_internal():
            files = self.env["ir.attachment"].sudo()  # style: CRM109 his own, see below
            files = files.browse(attachment_ids).exists()
            files.filtered(
                lambda a: (
                    a.res_model == "mail.compose.message"
                    and a.create_uid.id == self.env.uid
                )
            )._redraw_for_complaint()
        return super()._process_attachments_for_post(
            attachments, attachment_ids, msg_values
        )

    def _attach(self, files):
        """Attach files of :meth:`_read_uploads`; return the attachments."""
        self.ensure_one()
        return self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, content in files
            ]
        )
