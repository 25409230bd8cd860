import re
import uuid

from werkzeug.exceptions import NotFound

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.http import request, route
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..tools.intake_text import clean_text
from .complaint_form import TEXT_MAX, ComplaintForm

TOKEN = re.compile(r"[0-9a-f]{32}")
# one Internet address may be a whole company
ADDRESS_FACTOR = 3


def _get_max_length(controller):
    """Return how many bytes a form may have: its pictures and some text."""
    complaints = request.env(user=SUPERUSER_ID)["crm.complaint"]
    count, size, _kinds = complaints._get_picture_limits()
    return (count + 1) * size + 1024 * 1024


class ComplaintPortal(CustomerPortal):
    """*My Complaints*: list, page of one, form of a new one, answers.

    A complaint is found by the customer of who is signed in or by its access token,
    and by nothing else; any other number answers 404, whether it exists or not.
    """

    # --- ACCESS

    def _get_complaints(self):
        complaints = request.env["crm.complaint"]
        return complaints.with_user(SUPERUSER_ID)

    def _get_complaint(self, complaint_id, access_token=None):
        """Return the complaint of who asks; raise NotFound for any other."""
        complaints = self._get_complaints()
        if not 0 < complaint_id < 2**31:
            raise NotFound
        user = request.env.user
        if not user._is_public():
            domain = complaints._get_portal_domain(user.partner_id)
            if own := complaints.search([("id", "=", complaint_id), *domain]):
                return own
        complaint = complaints.browse(complaint_id).exists()
        token = complaint.access_token
        given = (access_token or "").encode()
        if not given or not token or not consteq(token.encode(), given):
            raise NotFound
        return complaint

    def _is_too_often(self):
        """Count a form that was sent; return whether it is one too many this hour."""
        limits = request.env["crm.intake.limit"].sudo()  # style: CRM109 counter
        complaints = self._get_complaints()
        limit = complaints._get_intake_setting("hourly_limit")
        user = request.env.user
        by_user = "" if user._is_public() else f"user:{user.id}"
        by_address = f"address:{request.httprequest.remote_addr}"
        return (
            limits._count(by_user) > limit
            or limits._count(by_address) > limit * ADDRESS_FACTOR
        )

    # --- LIST

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            complaints = self._get_complaints()
            domain = complaints._get_portal_domain(request.env.user.partner_id)
            values["complaint_count"] = complaints.search_count(domain)
        return values

    def _get_complaint_sortings(self):
        return {
            "date": {
                "label": request.env._("Newest"),
                "order": "date_received desc, id desc",
            },
            "name": {"label": request.env._("Number"), "order": "name desc"},
            "state": {
                "label": request.env._("Status"),
                "order": "is_open desc, state, id desc",
            },
        }

    @route(
        ["/my/complaints", "/my/complaints/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_complaints(self, page=1, sortby=None, **kwargs):
        """Show the complaints of the customer who is signed in."""
        complaints = self._get_complaints()
        domain = complaints._get_portal_domain(request.env.user.partner_id)
        sortings = self._get_complaint_sortings()
        sortby = sortby if sortby in sortings else "date"
        pager = portal_pager(
            url="/my/complaints",
            url_args={"sortby": sortby},
            total=complaints.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        own = complaints.search(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        request.session["my_complaints_history"] = own.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            "complaints": own,
            "page_name": "complaint",
            "pager": pager,
            "default_url": "/my/complaints",
            "searchbar_sortings": sortings,
            "sortby": sortby,
        }
        return request.render("crm_service.portal_my_complaints", values)

    # --- ONE COMPLAINT

    @route(  # style: CRM115 the token of a mail, or 404
        "/my/complaints/<int:complaint_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def portal_my_complaint(self, complaint_id, access_token=None, **kwargs):
        """Show where a complaint stands; by sign-in or by the link of a mail."""
        complaint = self._get_complaint(complaint_id, access_token)
        known = ("pid", "hash", "sent", "answered")
        asked = {name: kwargs[name] for name in known if name in kwargs}
        return self._render_complaint(complaint, access_token, **asked)

    def _render_complaint(self, complaint, access_token, **kwargs):
        token = complaint._portal_ensure_token()
        known = ("pid", "hash")
        values = self._get_page_view_values(
            complaint,
            access_token,
            {
                "complaint": complaint,
                "page_name": "complaint",
                "answer_token": access_token or "",
                "error_text": kwargs.get("error_text"),
                "words": kwargs.get("words") or "",
                "is_new": kwargs.get("sent") == "1",
                "is_answered": kwargs.get("answered"),
            },
            "my_complaints_history",
            False,
            **{name: kwargs[name] for name in known if name in kwargs},
        )
        # the chatter of who is signed in works by the token as well
        values["token"] = token
        return request.render("crm_service.portal_my_complaint", values)

    @route(  # style: CRM115 the token of a mail, or 404
        "/my/complaints/<int:complaint_id>/answer",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_answer_complaint(
        self, complaint_id, access_token=None, answer=None, words=None, **kwargs
    ):
        """Take the customer's word: settled or not."""
        complaint = self._get_complaint(complaint_id, access_token)
        partner = request.env.user.partner_id
        if request.env.user._is_public():
            partner = complaint.partner_id
        words = clean_text(words)[:TEXT_MAX]
        if self._is_too_often():
            error = self._get_often_text()
            return self._render_complaint(
                complaint, access_token, error_text=error, words=words
            )
        try:
            done = complaint._answer_from_portal(answer, words, partner)
        except UserError as error:
            return self._render_complaint(
                complaint, access_token, error_text=str(error), words=words
            )
        url = f"/my/complaints/{complaint.id}?answered={'yes' if done else 'late'}"
        if access_token:
            url += f"&access_token={access_token}"
        return request.redirect(url)

    def _get_often_text(self):
        return request.env._(
            "You have submitted too many forms within an hour. Please try again "
            "later, or call us."
        )

    # --- A NEW ONE

    @route(
        "/my/complaints/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_new_complaint(self, order_id=None, **kwargs):
        """Show the empty form, for an order if one is named."""
        form = ComplaintForm({"order_id": order_id or ""})
        return self._render_form(form, uuid.uuid4().hex)

    @route(
        "/my/complaints/new/send",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=_get_max_length,
    )
    def portal_send_complaint(self, form_token=None, step=None, **post):
        """Take a new complaint, or show the form again with all that was typed."""
        uploads = [
            (upload.filename, upload.stream)
            for upload in request.httprequest.files.getlist("pictures")
        ]
        if step == "order":
            form = ComplaintForm(post)
            form.errors.clear()
            return self._render_form(form, form_token)
        if self._is_too_often():
            form = ComplaintForm(post)
            form.errors = {"form": self._get_often_text()}
            return self._render_form(form, form_token, status=429)
        if not TOKEN.fullmatch(form_token or ""):
            form_token = uuid.uuid4().hex
        if sent := self._find_sent(form_token):
            return request.redirect(f"/my/complaints/{sent.id}?sent=1")
        form = ComplaintForm(post, uploads)
        values, lines, files = form.collect()
        if form.errors:
            return self._render_form(form, form_token)
        complaint = self._create_complaint(form, values, lines, files, form_token)
        return request.redirect(f"/my/complaints/{complaint.id}?sent=1")

    def _create_complaint(self, form, values, lines, files, form_token):
        complaints = self._get_complaints().with_company(values["company_id"])
        values["intake_token"] = form_token
        return complaints._create_from_portal(values, lines, files, form.partner)

    def _find_sent(self, form_token):
        """Return the complaint that this very form has made already."""
        complaints = self._get_complaints()
        domain = complaints._get_portal_domain(request.env.user.partner_id)
        return complaints.search([("intake_token", "=", form_token), *domain])

    def _render_form(self, form, form_token, status=200):
        complaints = self._get_complaints()
        count, size, kinds = complaints._get_picture_limits()
        values = {
            **self._prepare_portal_layout_values(),
            "form": form,
            "form_token": form_token,
            "page_name": "complaint_new",
            "picture_hint": request.env._(
                "Up to %(count)s files of %(size)s MB each.",
                count=count,
                size=size // (1024 * 1024),
            ),
            "accept": ",".join(
                "application/pdf" if kind == "pdf" else f"image/{kind}"
                for kind in kinds
            ),
            "is_posted": request.httprequest.method == "POST",
        }
        response = request.render("crm_service.portal_new_complaint", values)
        response.status_code = status
        return response
