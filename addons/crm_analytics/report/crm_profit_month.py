from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.profit import TIERS
from .crm_profit_product import KEPT, OF_PRODUCT

#: So many months are kept: this one and two years before it
MONTHS = 25
DIGITS = 6


class CrmProfitMonth(models.Model):
    """Profit by month, customer and product: the sums of ``crm.profit.report``.

    Kept by a job of the night, month by month, which writes the rows that differ. Two
    levels are kept: this one, and ``crm.profit.product`` without the customer. What is
    asked of all customers, and not by customer, is read from that one.
    """

    _name = "crm.profit.month"
    _description = "Profit Analysis"
    _inherit = ["crm.profit.mixin", "crm.lifecycle.dimension.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    industry_id = fields.Many2one(related="partner_id.industry_id")
    date = fields.Date(
        "Month",
        required=True,
        readonly=True,
        help="Month in which the order was confirmed, the credit note was dated, the "
        "delivery or the activity was done, or the complaint was received, in the time "
        "zone of the company's own address.",
    )
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", readonly=True, ondelete="cascade"
    )
    categ_id = fields.Many2one(
        related="product_tmpl_id.categ_id", string="Product category"
    )
    division_id = fields.Many2one(related="product_tmpl_id.crm_division_id")
    product_type = fields.Selection(
        related="product_tmpl_id.type", string="Product type"
    )
    spending_tier = fields.Selection(
        [(tier, tier) for tier in TIERS],
        readonly=True,
        help="By what is invoiced per month now; the amounts of the tiers are set on "
        "the profit rules.",
    )

    _date_idx = models.Index("(company_id, date, id)")
    _partner_idx = models.Index("(partner_id, date)")
    _product_tmpl_idx = models.Index("(product_tmpl_id, date)")

    # --- READ

    @api.model
    def _read_group(  # noqa: PLR0913 as the host has it
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        if not having and self._is_by_product(domain, groupby, aggregates):
            return self.env["crm.profit.product"]._read_group(
                domain,
                groupby,
                [self._count_spec(spec) for spec in aggregates],
                offset=offset,
                limit=limit,
                order=order and self._count_spec(order),
            )
        return super()._read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        specs = [spec for groupby in grouping_sets for spec in groupby]
        if self._is_by_product(domain, specs, aggregates):
            return self.env["crm.profit.product"]._read_grouping_sets(
                domain,
                grouping_sets,
                [self._count_spec(spec) for spec in aggregates],
                order and self._count_spec(order),
            )
        return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)

    @api.model
    def _count_spec(self, spec):
        """Return ``spec`` with the number of rows that the sums were made of."""
        return spec.replace("__count", "row_count:sum")

    @api.model
    def _is_by_product(self, domain, groupby, aggregates):
        """Return whether the sums without the customer tell what is asked for.

        Who may not see all customers may not read them.
        """
        totals = self.env["crm.profit.product"]
        if not totals.has_access("read"):
            return False
        summed = {*totals._get_amounts(), "currency_id", "__count"}
        asked = {spec.partition(":")[0] for spec in groupby}
        asked |= {c.field_expr.split(".")[0] for c in Domain(domain).iter_conditions()}
        return asked.issubset(KEPT) and all(
            spec.partition(":")[0] in summed
            and spec.partition(":")[2]
            in ("", "sum", "sum_currency", "array_agg_distinct")
            for spec in aggregates
        )

    @api.model
    def _is_plain_group(self, spec):
        """What belongs to the product is looked up for the sums, not sorted by."""
        return spec in OF_PRODUCT or super()._is_plain_group(spec)

    def action_open_details(self):
        """Open what the amounts of this row are made of."""
        self.ensure_one()
        last = self.date + relativedelta(months=1, days=-1)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_profit_report_action_detail"
        )
        domain = (
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("product_tmpl_id", "=", self.product_tmpl_id.id)
            & Domain("date", ">=", self.date)
            & Domain("date", "<=", last)
        )
        scope = {
            "partner_ids": self.partner_id.ids,
            "date_from": fields.Date.to_string(self.date),
            "date_to": fields.Date.to_string(last),
        }
        return {
            **action,
            "domain": list(domain),
            "context": {"crm_analytics_profit_scope": scope},
        }

    # --- REFRESH

    @api.model
    def _get_months(self, company):
        """Return the first days of the months that are kept, the present one first."""
        first = self.env["crm.sale.fact"]._get_today(company).replace(day=1)
        return [first - relativedelta(months=back) for back in range(MONTHS)]

    @api.model
    def _refresh(self, company):
        """Bring all months of ``company`` up to date; no commit."""
        for first in self._get_months(company):
            self._refresh_month(company, first)

    @api.model
    def _refresh_month(self, company, first):
        """Bring the month that begins with ``first`` up to date; no commit."""
        self.env["crm.sale.fact"]._prepare_planner()
        self.env.flush_all()
        report = self.env["crm.profit.report"]
        last = first + relativedelta(months=1, days=-1)
        window = report._get_window(company, first, last)
        amounts = self._get_amounts()
        rows = SQL(
            """SELECT r.partner_id, r.product_tmpl_id, p.spending_tier, %(sums)s
                 FROM (SELECT partner_id, product_tmpl_id, %(summed)s
                         FROM (%(rows)s) r GROUP BY partner_id, product_tmpl_id) r
            LEFT JOIN crm_scorecard_profitability p
                   ON p.partner_id = r.partner_id AND p.company_id = %(company)s""",
            sums=SQL(", ").join(SQL.identifier("r", name) for name in amounts),
            summed=SQL(", ").join(
                SQL(
                    "ROUND(SUM(%(name)s), %(digits)s) AS %(name)s",
                    name=n,
                    digits=DIGITS,
                )
                for n in map(SQL.identifier, amounts)
            ),
            rows=report._reckon_sql(report._rows(company, window)),
            company=company.id,
        )
        names = ["partner_id", "product_tmpl_id", "spending_tier", *amounts]
        self._keep_month(self, company, first, rows, names)
        self.env["crm.profit.product"]._refresh(company, first)

    @api.model
    def _keep_month(self, model, company, first, rows, names):
        """Let the rows of ``model`` of the month be ``rows``; what is the same stays.

        :param names: the columns of ``rows``
        """
        self.env["crm.scorecard.source"]._keep("profit", rows)
        columns = [SQL.identifier(name) for name in names]
        # as text, as nothing equals nothing there, and tables are joined by hashes
        same = SQL(
            "ROW(%s)::text = ROW(%s)::text",
            SQL(", ").join(SQL("f.%s", name) for name in columns),
            SQL(", ").join(SQL("t.%s", name) for name in columns),
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM %(table)s t
                    WHERE t.company_id = %(company)s AND t.date = %(first)s
                      AND NOT EXISTS (SELECT FROM crm_seven_p_profit f WHERE %(same)s);
                   INSERT INTO %(table)s (company_id, date, %(columns)s)
                   SELECT %(company)s, %(first)s, %(columns)s FROM crm_seven_p_profit f
                    WHERE NOT EXISTS (SELECT FROM %(table)s t
                                       WHERE t.company_id = %(company)s
                                         AND t.date = %(first)s AND %(same)s)""",
                table=SQL.identifier(model._table),
                company=company.id,
                first=first,
                same=same,
                columns=SQL(", ").join(columns),
            )
        )
        model.invalidate_model()

    @api.model
    def _merge_into(self, src_partners, dst_partner):
        """Let the remaining customer have the months of those about to disappear."""
        names = [SQL.identifier(name) for name in self._get_amounts()]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """WITH gone AS (
                       DELETE FROM crm_profit_month
                        WHERE partner_id = ANY(%(both)s) RETURNING *)
                   INSERT INTO crm_profit_month (company_id, date, partner_id,
                          product_tmpl_id, spending_tier, %(names)s)
                   SELECT company_id, date, %(dst)s, product_tmpl_id,
                          MAX(spending_tier) FILTER (WHERE partner_id = %(dst)s),
                          %(sums)s
                     FROM gone GROUP BY company_id, date, product_tmpl_id""",
                both=(src_partners | dst_partner).ids,
                dst=dst_partner.id,
                names=SQL(", ").join(names),
                sums=SQL(", ").join(SQL("SUM(%s)", name) for name in names),
            )
        )
        self.invalidate_model()

    # --- CRON

    @api.model
    def _cron_refresh(self):
        """Bring all months of all companies up to date, one after the other."""
        pieces = {}
        for company in self.env["res.company"].search([]):
            months = self._get_months(company)
            self._forget_before(company, months[-1])
            pieces |= {f"{company.id} {first}": (company, first) for first in months}
        self.env["crm.job.pass"]._cron_work_off(
            self._name, pieces, lambda name: self._refresh_month(*pieces[name])
        )

    @api.model
    def _forget_before(self, company, first):
        """Delete the months that are not kept any more."""
        for model in (self, self.env["crm.profit.product"]):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE company_id = %s AND date < %s",
                    SQL.identifier(model._table),
                    company.id,
                    first,
                )
            )
