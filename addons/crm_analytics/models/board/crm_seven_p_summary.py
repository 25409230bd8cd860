from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.month import last_closed_month_end
from ...tools.seven_p import year_before


class CrmSevenPSummary(models.Model):
    """Means and totals of all customers of a company, of when all were last scored.

    Kept so that the board of the company opens at once, however many customers there
    are. Only whoever may see all customers reads it.
    """

    _name = "crm.seven.p.summary"
    _description = "7 P of a Company"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    as_of = fields.Date("Scored as of", readonly=True)
    figures = fields.Json(readonly=True)

    _company_uniq = models.UniqueIndex("(company_id)")

    @api.model
    def _refresh(self, company, as_of):
        """Work out the figures of ``company`` anew; commits nothing.

        The row says by its ``write_date`` of when they are.
        """
        self.env.flush_all()
        board = self.env["crm.seven.p.board"].sudo()  # style: CRM109 all customers
        board = board.with_company(company).with_context(active_test=False)
        mine = board._get_counted_domain(company)
        day = last_closed_month_end(year_before(as_of))
        former = (
            mine
            & Domain("date_start", "<=", day)
            & (Domain("date_end", "=", False) | Domain("date_end", ">", day))
        )
        vals = {
            "as_of": as_of,
            "figures": {
                "scores": board._read_means("crm.seven.p.score", mine),
                "former": board._read_means("crm.seven.p.score.history", former),
                "totals": board._read_totals(mine),
                "headline": board._read_headline(
                    mine, board._get_leaving_score(company)
                ),
                "points": board._read_mean_points(company, mine),
            },
        }
        kept = self.sudo()  # style: CRM109 the system keeps it
        row = kept.search([("company_id", "=", company.id)])
        if row:
            row.write(vals)
        else:
            kept.create({"company_id": company.id, **vals})
