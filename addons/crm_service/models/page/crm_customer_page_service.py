from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import page_blocks as blocks
from .crm_customer_page import LIMIT

# Texts of each source in which competitors are looked for, the latest
TEXTS = 200
# A name of two letters is found everywhere
MIN_NAME = 3


class CrmCustomerPage(models.AbstractModel):
    """Complaints, satisfaction, and which competitors are named."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "service",
                "label": self.env._("Service"),
                "icon": "fa-life-ring",
                "sequence": 50,
                "method": "_section_service",
            },
            {
                "key": "competitors",
                "label": self.env._("Competitors"),
                "icon": "fa-flag-o",
                "sequence": 80,
                "method": "_section_competitors",
            },
        ]

    @api.model
    def _get_drills(self, scope):
        mine = [
            ("commercial_partner_id", "=", scope.customer.id),
            ("company_id", "=", scope.company.id),
        ]
        return super()._get_drills(scope) | {
            "complaints": ("crm_service.crm_complaint_action", mine),
            "satisfaction": ("crm_service.crm_satisfaction_score_action", mine),
        }

    # --- COMPLAINTS AND SATISFACTION

    @api.model
    def _section_service(self, scope):
        headline, panel = [], scope.panel
        complaints = self.env["crm.complaint"]
        if complaints.has_access("read"):
            open_count = self._count_open_complaints(scope)
            headline.append(
                blocks.figure(
                    "complaints",
                    self.env._("Complaints"),
                    blocks.cell(
                        panel["complaint_count"],
                        "integer",
                        tone="bad" if open_count else "",
                        note=self.env._("%s open", open_count) if open_count else "",
                    ),
                    drill="complaints",
                )
            )
        scores = self._get_satisfaction_figures(scope)
        return {
            "headline": headline,
            "blocks": [
                blocks.figures("satisfaction", scores),
                self._get_complaint_table(scope),
            ],
        }

    @api.model
    def _count_open_complaints(self, scope):
        return self.env["crm.complaint"].search_count(
            [
                ("commercial_partner_id", "=", scope.customer.id),
                ("company_id", "=", scope.company.id),
                ("is_open", "=", True),
            ]
        )

    @api.model
    def _get_satisfaction_figures(self, scope):
        """Return answers by kind, as the satisfaction scores on the customer's form."""
        scores = self.env["crm.satisfaction.score"]
        if not scores.has_access("read"):
            return []
        labels = dict(scores._fields["kind"]._description_selection(self.env))
        found = scores._read_group(
            [
                ("commercial_partner_id", "=", scope.customer.id),
                ("company_id", "=", scope.company.id),
            ],
            ["kind"],
            ["__count", "score:avg", "date:max"],
        )
        return [
            blocks.figure(
                kind,
                labels[kind],
                blocks.cell(
                    round(average or 0),
                    "integer",
                    note=self.env._("Answers: %s", count),
                    tone="bad" if (average or 0) < 50 else "good",
                ),
                drill="satisfaction",
                hint=self.env._(
                    "Average on a scale from 0 (worst) to 100 (best); last answer "
                    "on %(date)s.",
                    date=last.date(),
                ),
            )
            for kind, count, average, last in found
        ]

    @api.model
    def _get_complaint_table(self, scope):
        panel = scope.panel
        return blocks.table(
            "complaints",
            self.env._("Complaints"),
            [
                blocks.column(self.env._("Complaint")),
                blocks.column(self.env._("Received")),
                blocks.column(self.env._("State")),
                blocks.column(self.env._("Granted")),
            ],
            [
                blocks.row(
                    row["id"],
                    [
                        blocks.cell(
                            row["name"],
                            res_model="crm.complaint",
                            res_id=row["id"],
                            note=row["title"] or "",
                        ),
                        self._day(row["date"]),
                        blocks.cell(row["state"]),
                        blocks.cell(", ".join(row["granted"])),
                    ],
                )
                for row in panel["complaints"][:LIMIT]
            ],
            count=panel["complaint_count"],
            drill="complaints",
        )

    # --- COMPETITORS

    @api.model
    def _section_competitors(self, scope):
        return {"blocks": [self._get_competitor_table(self._fetch_competitors(scope))]}

    @api.model
    def _get_competitor_table(self, rows):
        return blocks.table(
            "competitors",
            "",
            [
                blocks.column(self.env._("Competitor")),
                blocks.column(self.env._("Named In")),
                blocks.column(self.env._("Last Time")),
            ],
            [
                blocks.row(
                    row["id"],
                    [
                        blocks.cell(
                            row["name"], res_model="res.partner", res_id=row["id"]
                        ),
                        blocks.cell(
                            row["source"],
                            res_model=row["model"],
                            res_id=row["res_id"],
                            note=self.env._("%s times", row["count"])
                            if row["count"] > 1
                            else "",
                        ),
                        self._day(row["day"]),
                    ],
                )
                for row in rows
            ],
            note=self.env._(
                "Partners with the role of a competitor that are named in records "
                "about this customer."
            ),
        )

    @api.model
    def _fetch_competitors(self, scope):
        """Return who competes at the customer: where named last, and how often.

        Competitors are partners with such a role today; their name is looked for in
        the latest texts about the customer that the reader may read.
        """
        parts = self._get_competitor_texts(scope)
        roles = self.env["crm.partner.role.assignment"].sudo()  # style: CRM109 names
        competitors = roles._search(
            roles._get_current_domain()
            & Domain("kind", "=", "competitor")
            & Domain("company_id", "in", [False, scope.company.id])
            & Domain("partner_id", "!=", scope.customer.id)
        )
        if not parts:
            return []
        rows = self.env.execute_query_dict(
            SQL(
                """WITH said AS MATERIALIZED (%(texts)s), rival AS (
                       SELECT DISTINCT p.id, p.name
                         FROM res_partner p
                        WHERE p.id IN %(competitors)s AND LENGTH(p.name) >= %(least)s)
                   SELECT DISTINCT ON (r.id) r.id, r.name, s.model, s.res_id, s.day,
                          s.source, COUNT(*) OVER (PARTITION BY r.id) AS count
                     FROM rival r
                     JOIN said s ON POSITION(LOWER(r.name) IN LOWER(s.content)) > 0
                 ORDER BY r.id, s.day DESC NULLS LAST, s.res_id DESC""",
                texts=SQL(" UNION ALL ").join(parts),
                competitors=competitors.subselect(
                    *self._columns_sql(competitors, "partner_id")
                ),
                least=MIN_NAME,
            )
        )
        rows.sort(key=lambda row: (-row["count"], row["name"]))
        return rows[:LIMIT]

    @api.model
    def _get_competitor_texts(self, scope):
        """Return statements of ``model, res_id, day, source, content`` to be read."""
        return [
            self._competitor_text_sql(scope, *source)
            for source in self._get_competitor_sources(scope)
            if self.env[source[0]].has_access("read")
        ]

    @api.model
    def _get_competitor_sources(self, scope):
        """Return where to look: model, domain, what it is called, day, text fields."""
        customer = [("partner_id", "=", scope.customer.id)]
        anyone = [
            ("partner_id", "in", scope.partner_ids),
            ("active", "in", [True, False]),
        ]
        return [
            (
                "crm.partner.observation",
                customer,
                self.env._("Observation"),
                SQL("date"),
                ["value_display", "note"],
            ),
            (
                "crm.need",
                customer,
                self.env._("Need"),
                SQL("date"),
                ["name", "description"],
            ),
            (
                "crm.lead",
                anyone,
                self.env._("Opportunity"),
                SQL("create_date::date"),
                ["name", "description"],
            ),
        ]

    @api.model
    def _competitor_text_sql(self, scope, model_name, domain, label, day, names) -> SQL:
        model = self.env[model_name]
        model.flush_model(names)
        query = model._search(
            Domain(domain) & Domain("company_id", "in", [False, scope.company.id]),
            order="id desc",
            limit=TEXTS,
        )
        table = SQL.identifier(query.table)
        return SQL(
            """SELECT %s AS model, d.id AS res_id, d.%s AS day, %s AS source,
                      CONCAT_WS(' ', %s) AS content
                 FROM %s d WHERE d.id IN %s""",
            model_name,
            day,
            label,
            SQL(", ").join(SQL("d.%s", SQL.identifier(name)) for name in names),
            table,
            query.subselect(),
        )
