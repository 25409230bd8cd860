import io
import uuid

from PIL import Image

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .intake_common import IntakeCommon, make_picture

URL = "/my/complaints/new/send"


@tagged("post_install", "-at_install")
class TestComplaintPortalForm(IntakeCommon, HttpCase):
    """A new complaint: what is kept, and every way to send what is not right."""

    def setUp(self):
        super().setUp()
        self.authenticate("in_ida", "in_ida")
        self.token = uuid.uuid4().hex

    def _send(self, files=(), **changes):
        """Send a form that is right but for ``changes`` (None: field left out)."""
        data = {
            "csrf_token": Request.csrf_token(self),
            "form_token": self.token,
            "kind_id": self.kind_late.id,
            "order_id": self.order.id,
            f"quantity_{self.line.id}": "2",
            "title": "Late again",
            "description": "It came a week late.",
            "wish": "discount",
            "wish_note": "10 %",
            "phone": "+49 171 5566",
            **changes,
        }
        data = {name: value for name, value in data.items() if value is not None}
        uploads = [("pictures", upload) for upload in files] or [
            ("pictures", ("", b"", "application/octet-stream"))
        ]
        return self.url_open(URL, data=data, files=uploads, allow_redirects=False)

    def _assert_refused(self, text, files=(), **changes):
        before = self._count()
        answer = self._send(files, **changes)
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        self.assertIn(text, answer.text)
        self.assertEqual(self._count(), before)
        return answer.text

    def _get_new(self):
        return self.env["crm.complaint"].search([], order="id desc", limit=1)

    # --- WHAT IS RIGHT

    def test_complaint_is_kept_as_told(self):
        answer = self._send()
        complaint = self._get_new()
        self.assertEqual(
            answer.headers["Location"].split("/my/")[1],
            f"complaints/{complaint.id}?sent=1",
        )
        self.assertRecordValues(
            complaint,
            [
                {
                    "partner_id": self.ida.id,
                    "commercial_partner_id": self.berg.id,
                    "order_id": self.order.id,
                    "channel": "portal",
                    "state": "new",
                    "kind_id": self.kind_late.id,
                    "title": "Late again",
                    "description": "It came a week late.",
                    "wish": "discount",
                    "wish_note": "10 %",
                    "phone": "+49 171 5566",
                    "user_id": False,
                    "company_id": self.order.company_id.id,
                    "amount": 200.0,
                }
            ],
        )
        self.assertRecordValues(
            complaint.line_ids, [{"sale_line_id": self.line.id, "quantity": 2.0}]
        )

    def test_form_offers_own_orders_only(self):
        page = self.url_open("/my/complaints/new").text
        self.assertIn("INT-BERG-1", page)
        self.assertNotIn("INT-DIAZ-1", page)
        page = self.url_open(f"/my/complaints/new?order_id={self.order.id}").text
        self.assertIn(f"quantity_{self.line.id}", page)
        page = self.url_open(f"/my/complaints/new?order_id={self.other_order.id}").text
        self.assertIn("Please choose one of your orders.", page)
        self.assertNotIn("quantity_", page)

    def test_order_page_leads_to_the_form(self):
        page = self.url_open(f"/my/orders/{self.order.id}").text
        self.assertIn(f"/my/complaints/new?order_id={self.order.id}", page)

    def test_showing_products_keeps_what_was_typed(self):
        before = self._count()
        page = self._send(step="order", title="", description="Half <typed>").text
        self.assertIn(f"quantity_{self.line.id}", page)
        self.assertIn("Half &lt;typed&gt;", page)
        self.assertNotIn("Please describe", page)
        self.assertEqual(self._count(), before)

    def test_opinion_needs_no_order(self):
        changes = {f"quantity_{self.line.id}": None, "order_id": ""}
        self._send(kind_id=self.kind_opinion.id, wish="none", **changes)
        self.assertEqual(self._get_new().type, "opinion")
        self.assertFalse(self._get_new().line_ids)

    def test_unicode_is_kept_and_direction_marks_are_not(self):
        self._send(description="桶漏了 👩\u200d🔧 \u202eevil\x00", title="Fu\u0308r")
        complaint = self._get_new()
        self.assertEqual(complaint.description, "桶漏了 👩\u200d🔧 evil")
        self.assertEqual(complaint.title, "Für")

    def test_markup_stays_text(self):
        text = "<script>alert(1)</script><img src=x onerror=alert(2)>"
        self._send(description=text)
        complaint = self._get_new()
        self.assertEqual(complaint.description, text)
        page = self.url_open(f"/my/complaints/{complaint.id}").text
        self.assertNotIn("<script>alert(1)", page)
        self.assertNotIn("<img src=x", page)

    # --- FORGED NUMBERS

    def test_foreign_order_is_refused_like_an_unknown_one(self):
        quotation = self.order.copy()
        for order_id in (self.other_order.id, quotation.id, 99999999, "1 OR 1=1", "-1"):
            with self.subTest(order_id=order_id):
                page = self._assert_refused(
                    "Please choose one of your orders.", order_id=order_id
                )
                self.assertNotIn("INT-DIAZ-1", page)

    def test_foreign_lines_are_refused(self):
        for line_id in (self.other_order.order_line.id, 99999999, "x", "1e3", ""):
            with self.subTest(line_id=line_id):
                self._assert_refused(
                    "Please choose products of the order shown.",
                    **{f"quantity_{line_id}": "1"},
                )

    def test_quantities_that_are_none_are_refused(self):
        name = f"quantity_{self.line.id}"
        for quantity in ("-1", "6", "5.01", "nan", "inf", "1e309", "two", "9" * 99):
            with self.subTest(quantity=quantity):
                self._assert_refused(
                    "please enter a quantity of up to 5", **{name: quantity}
                )

    def test_foreign_lot_is_refused(self):
        self._assert_refused("please choose the lot", **{f"lot_{self.line.id}": "7"})

    def test_unknown_kind_and_wish_are_refused(self):
        self.kind_opinion.active = False
        for kind_id in ("", "0", "x", "99999999", self.kind_opinion.id):
            self._assert_refused("Please choose what it is about.", kind_id=kind_id)
        for wish in ("", "  ", "gold", None):
            self._assert_refused(
                "Please choose what you would like us to do", wish=wish
            )

    def test_fields_that_are_not_asked_for_change_nothing(self):
        """Neither the customer nor the state can be sent along."""
        self._send(
            partner_id=self.omar.id,
            commercial_partner_id=self.diaz.id,
            company_id=99,
            state="closed",
            user_id=self.agent.id,
            amount="1000000",
        )
        self.assertRecordValues(
            self._get_new(),
            [
                {
                    "partner_id": self.ida.id,
                    "state": "new",
                    "user_id": False,
                    "amount": 200.0,
                }
            ],
        )

    # --- TEXTS

    def test_empty_and_endless_texts_are_refused_and_kept(self):
        self._assert_refused("Please describe what happened.", description=" \n\x00 ")
        page = self._assert_refused(
            "Please use 5000 characters at most.", description="漏" * 5001
        )
        self.assertIn("漏" * 5001, page)
        for value in ("Late again", "10 %", "+49 171 5566", 'value="2"'):
            self.assertIn(value, page)
        self._assert_refused("100 characters at most", title="x" * 101)

    # --- PICTURES

    def test_picture_is_drawn_anew(self):
        exif = Image.Exif()
        exif[0x010E] = "Home of Ida"
        data = make_picture(exif=exif.tobytes(), comment=b"hidden")
        data += b"<?php system($_GET[0]); ?>"
        self._send(
            [("../../evil<b>.php", data, "text/html")], kind_id=self.kind_leak.id
        )
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "crm.complaint"), ("res_id", "=", self._get_new().id)]
        )
        self.assertEqual(
            (attachment.name, attachment.mimetype), ("Picture-1.jpg", "image/jpeg")
        )
        for secret in (b"Home of Ida", b"hidden", b"php"):
            self.assertNotIn(secret, attachment.raw)
        self.assertEqual(Image.open(io.BytesIO(attachment.raw)).size, (40, 30))
        self.assertFalse(attachment.public)

    def test_kinds_of_pictures_are_kept(self):
        files = [
            (f"p.{kind}", make_picture(kind), "image/png")
            for kind in ("PNG", "GIF", "JPEG")
        ]
        self._send(files)
        names = self._get_new().message_ids.attachment_ids.mapped("name")
        self.assertEqual(
            sorted(names), ["Picture-1.png", "Picture-2.png", "Picture-3.jpg"]
        )

    def test_what_only_pretends_to_be_a_picture_is_refused(self):
        good = make_picture()
        for name, data in {
            "a.jpg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "b.jpg": b"MZ\x90\x00 not a picture",
            "c.jpg": good[:60],
            "d.png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
            "e.pdf": b"%PDF-1.7 text",
            "f.jpg": b"",
            "g.html": b"<html><script>alert(1)</script></html>",
            "h.gif": b"GIF89a" + b"\xff" * 30,
            "i.webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 24,
        }.items():
            with self.subTest(name=name):
                self._assert_refused("“" + name, [(name, data, "image/jpeg")])

    def test_pdf_is_taken_where_settings_say_so(self):
        self.env["ir.config_parameter"].set_param("crm_service.is_pdf_accepted", "1")
        self._send([("i.pdf", b"%PDF-1.7 text", "application/pdf")])
        attachment = self._get_new().message_ids.attachment_ids
        self.assertEqual(attachment.name, "Picture-1.pdf")

    def test_too_many_and_too_large_files_are_refused(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("crm_service.picture_max", "2")
        picture = ("a.jpg", make_picture(), "image/jpeg")
        self._assert_refused("Please send 2 files at most.", [picture] * 3)
        parameters.set_param("crm_service.picture_mb", "0")
        self._assert_refused("is too large", [picture])

    def test_huge_picture_in_a_small_file_is_refused(self):
        bomb = make_picture("PNG", size=(9000, 9000))
        self._assert_refused("“bomb.png”", [("bomb.png", bomb, "image/png")])

    def test_kind_that_needs_a_picture_asks_for_it(self):
        self._assert_refused("Please add a picture of it.", kind_id=self.kind_leak.id)

    # --- TOO OFTEN, TWICE, WITHOUT SECRET

    def test_form_sent_twice_makes_one_complaint(self):
        self._send()
        complaint = self._get_new()
        before = self._count()
        answer = self._send()
        self.assertIn(f"/my/complaints/{complaint.id}?", answer.headers["Location"])
        self.assertEqual(self._count(), before)

    def test_token_of_another_s_form_gives_nothing_away(self):
        self._send()
        complaint = self._get_new()
        self.authenticate("in_omar", "in_omar")
        changes = {f"quantity_{self.line.id}": None, "order_id": ""}
        answer = self._send(**changes)
        self.assertNotIn(f"/{complaint.id}?", answer.headers.get("Location", ""))

    def test_rate_limit_counts_for_user_and_for_address(self):
        self.env["ir.config_parameter"].set_param("crm_service.hourly_limit", "2")
        for _round in range(2):
            self.token = uuid.uuid4().hex
            self.assertEqual(self._send().status_code, 303)
        before = self._count()
        self.token = uuid.uuid4().hex
        answer = self._send(description="Kept words")
        self.assertEqual((answer.status_code, self._count()), (429, before))
        self.assertIn("Kept words", answer.text)
        # a colleague is counted by himself, his address together with hers
        self.authenticate("in_jan", "in_jan")
        for status in (303, 303, 429):
            self.token = uuid.uuid4().hex
            self.assertEqual(self._send().status_code, status)

    def test_form_without_secret_is_refused(self):
        before = self._count()
        answer = self._send(csrf_token="x")
        self.assertEqual((answer.status_code, self._count()), (400, before))

    def test_visitor_cannot_send(self):
        before = self._count()
        self.authenticate(None, None)
        self._send()
        self.assertEqual(self._count(), before)
