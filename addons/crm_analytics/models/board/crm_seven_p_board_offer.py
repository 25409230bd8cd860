from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_service.tools import page_blocks as blocks

from ...tools.next_best_offer import OPEN_STATES

#: Offers of one customer that the board shows
OFFERS = 3


class CrmSevenPBoard(models.AbstractModel):
    """What to offer next: the best open offer, else a category not bought yet."""

    _inherit = "crm.seven.p.board"

    @api.model
    def _get_offers(self, company, customers):
        """Return ``{customer id: best open offer}`` that the reader may see."""
        offers = self.env["crm.next.best.offer"]
        if not customers or not offers.has_access("read"):
            return {}
        offers.flush_model(["partner_id", "company_id", "state", "score"])
        query = offers._search(self._get_offer_domain(company, customers))
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (partner_id) partner_id, id
                     FROM %s best ORDER BY partner_id, score DESC, id""",
                query.subselect(
                    *(
                        SQL.identifier(query.table, name)
                        for name in ("partner_id", "id", "score")
                    )
                ),
            )
        )
        found = offers.browse(offer_id for _customer_id, offer_id in rows)
        found.fetch(["product_tmpl_id", "categ_id", "reason"])
        return dict(zip((row[0] for row in rows), found, strict=True))

    @api.model
    def _get_offer_domain(self, company, customers):
        return (
            Domain("partner_id", "in", customers.ids)
            & Domain("company_id", "=", company.id)
            & Domain("state", "in", list(OPEN_STATES))
        )

    @api.model
    def _get_offer_cell(self, offer, category):
        """Return the product of an offer and why, else the name of a category."""
        if not offer:
            name = category.sudo().display_name  # style: CRM109 its name only
            return blocks.cell(name or None)
        reasons = dict(offer._fields["reason"]._description_selection(self.env))
        return blocks.cell(
            offer._get_item_name(),
            note=reasons.get(offer.reason, ""),
            res_model=offer._name,
            res_id=offer.id,
        )

    @api.model
    def _put_offer(self, asked, figures, offer):
        """Return the figures of Product, led by the offer in place of the category."""
        if not offer:
            return figures
        cell = self._get_offer_cell(offer, None)
        shown = {key: cell[key] for key in ("value", "type", "note")}
        best = blocks.figure(
            "offer",
            self.env._("Offer Next"),
            shown,
            hint=self.env._("The best open proposal for this customer."),
            drill="offers",
        )
        return [best, *(f for f in figures if f["name"] != "next_category_id")]

    @api.model
    def _get_offer_list(self, asked):
        """Return the table of the first offers of a customer; none without any."""
        offers = self.env["crm.next.best.offer"]
        if not offers.has_access("read"):
            return []
        found = offers.search(self._get_offer_domain(asked.company, asked.record))
        if not found:
            return []
        table = self.env["crm.customer.page"]._get_offer_table(found, OFFERS)
        return [{**table, "label": self.env._("What to Offer Next")}]
