from odoo.http import Controller, request, route


class SatisfactionController(Controller):
    """The link below our questionnaires' e-mails that ends them."""

    @route(  # style: CRM115 no login; the token of his e-mail is the right
        "/satisfaction/opt-out/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def satisfaction_opt_out(self, token, **_kwargs):
        """Ask on GET (mail scanners follow links), opt out on POST."""
        found = request.env["crm.satisfaction.request"]._find_by_token(token)
        if not found:
            raise request.not_found()
        is_done = found.partner_id.satisfaction_opt_out
        if request.httprequest.method == "POST":
            found._opt_out()
            is_done = True
        values = {"company_name": found.company_id.name, "is_done": is_done}
        response = request.render("crm_service.satisfaction_opt_out", values)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
