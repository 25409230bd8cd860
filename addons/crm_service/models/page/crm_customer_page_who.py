from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import page_blocks as blocks
from .crm_customer_page import LIMIT


class CrmCustomerPage(models.AbstractModel):
    """Who the customer is, and what comes next."""

    _inherit = "crm.customer.page"

    @api.model
    def _get_sections(self):
        return [
            *super()._get_sections(),
            {
                "key": "who",
                "label": self.env._("Who They Are"),
                "icon": "fa-id-card-o",
                "sequence": 10,
                "method": "_section_who",
            },
            {
                "key": "next",
                "label": self.env._("Next Action"),
                "icon": "fa-arrow-right",
                "sequence": 15,
                "method": "_section_next",
            },
        ]

    @api.model
    def _get_drills(self, scope):
        customer = scope.customer
        return super()._get_drills(scope) | {
            "contacts": (
                "contacts.action_contacts",
                [("parent_id", "child_of", customer.id), ("id", "!=", customer.id)],
            ),
        }

    # --- WHO

    @api.model
    def _section_who(self, scope):
        return {
            "blocks": [
                blocks.tags("roles", self.env._("Roles"), self._get_role_tags(scope)),
                blocks.tags(
                    "segments", self.env._("Segments"), self._get_segment_tags(scope)
                ),
                blocks.facts("preferences", self._get_preference_facts(scope)),
                self._get_contact_table(scope),
            ]
        }

    @api.model
    def _get_role_tags(self, scope):
        """Return the roles of today that the reader may see, with their owner."""
        assignments = self.env["crm.partner.role.assignment"]
        if not assignments.has_access("read"):
            return []
        found = assignments.search_fetch(
            assignments._get_current_domain()
            & Domain("partner_id", "=", scope.customer.id)
            & Domain("company_id", "in", [False, scope.company.id]),
            ["role_id", "user_id"],
        )
        return [
            {
                "text": a.role_id.sudo().display_name,  # style: CRM109 as above
                "hint": a.user_id.name or "",
                "tone": "info",
            }
            for a in found.sorted("id")
        ]

    @api.model
    def _get_segment_tags(self, scope):
        """Return value class and lifecycle as the panel, and all readable segments."""
        panel = scope.panel
        shown = []
        if panel.get("lifecycle"):
            hint = self.env._("Lifecycle")
            shown.append({"text": panel["lifecycle"], "hint": hint, "tone": "good"})
        if panel.get("value_class"):
            hint = self.env._("Value Class")
            shown.append({"text": panel["value_class"], "hint": hint, "tone": "warn"})
        memberships = self.env["crm.segment.membership"]
        if memberships.has_access("read"):
            found = memberships.search_fetch(
                [
                    ("partner_id", "=", scope.customer.id),
                    ("date_end", "=", False),
                    ("company_id", "in", [False, scope.company.id]),
                ],
                ["segment_id", "segmentation_id"],
                order="id",
            )
            shown += [
                {"text": m.segment_id.name, "hint": m.segmentation_id.name}
                for m in found
                if m.segment_id.name != panel.get("value_class")
            ]
        return shown

    @api.model
    def _get_preference_facts(self, scope):
        customer, policy = scope.customer, scope.panel["policy"]
        languages = dict(self.env["res.lang"].get_installed())
        tags = customer.category_id.mapped("name")
        reply = policy["reply_hours"]
        shown = [
            blocks.fact(
                self.env._("Looked After By"), blocks.cell(customer.user_id.name)
            ),
            blocks.fact(
                self.env._("Service Level"), blocks.cell(policy["service_level"])
            ),
            blocks.fact(
                self.env._("Reply Within (Hours)"), blocks.cell(reply or None, "float")
            ),
            blocks.fact(
                self.env._("Language"), blocks.cell(languages.get(customer.lang))
            ),
            blocks.fact(
                self.env._("Payment Terms"),
                blocks.cell(customer.property_payment_term_id.name),
            ),
            blocks.fact(self.env._("Tags"), blocks.cell(", ".join(tags))),
        ]
        if self.env["res.partner"]._has_field_access(
            customer._fields["satisfaction_opt_out"], "read"
        ):
            is_out = customer.satisfaction_opt_out
            answer = self.env._("No questionnaires") if is_out else None
            shown.append(blocks.fact(self.env._("Surveys"), blocks.cell(answer)))
        return shown

    @api.model
    def _get_contact_table(self, scope):
        partners = self.env["res.partner"]
        domain = Domain("commercial_partner_id", "=", scope.customer.id) & Domain(
            "id", "!=", scope.customer.id
        )
        found = partners.search_fetch(
            domain & Domain("type", "=", "contact"),
            ["name", "function", "phone", "email"],
            order="id",
            limit=LIMIT,
        )
        return blocks.table(
            "contacts",
            self.env._("Contacts"),
            [
                blocks.column(self.env._("Name")),
                blocks.column(self.env._("Phone")),
                blocks.column(self.env._("E-mail")),
            ],
            [
                blocks.row(
                    contact.id,
                    [
                        self._link(
                            contact,
                            contact.name or contact.display_name,
                            note=contact.function or "",
                        ),
                        blocks.cell(contact.phone, "phone"),
                        blocks.cell(contact.email, "email"),
                    ],
                )
                for contact in found
            ],
            count=max(len(scope.partner_ids) - 1, len(found)) if found else 0,
            drill="contacts",
        )

    # --- NEXT ACTION

    @api.model
    def _section_next(self, scope):
        return {"blocks": [self._get_next_table(scope)]}

    @api.model
    def _get_next_table(self, scope):
        rows = sorted(self._get_next_rows(scope), key=lambda row: row["date"])[:LIMIT]
        return blocks.table(
            "next",
            "",
            [
                blocks.column(self.env._("Due")),
                blocks.column(self.env._("What")),
                blocks.column(self.env._("Who")),
            ],
            [
                blocks.row(
                    row["key"],
                    [
                        self._day(
                            row["date"],
                            tone="bad" if row["date"] < scope.today else "",
                        ),
                        row["what"],
                        blocks.cell(row["who"]),
                    ],
                )
                for row in rows
            ],
            empty=self._get_next_empty(scope),
        )

    @api.model
    def _get_next_empty(self, scope):
        if not scope.may_see_figures:
            return self.env._("Nothing that you may see is planned.")
        return self.env._(
            "Nothing is planned. Plan the next step so that the customer is not "
            "forgotten."
        )

    @api.model
    def _get_next_rows(self, scope):
        """Return what is to be done: ``key``, ``date``, ``what`` (cell), ``who``.

        The host's activities on the customer, on his contacts, and on the open
        opportunities and quotations that the reader may read.
        """
        activities = self.env["mail.activity"].sudo()  # style: CRM109 checked below
        found = activities.browse(self._fetch_activity_ids(scope))
        found.fetch(["summary", "date_deadline", "user_id", "res_model", "res_id"])
        return [
            {
                "key": f"activity{activity.id}",
                "date": activity.date_deadline,
                "what": blocks.cell(
                    activity.summary or activity.activity_type_id.name,
                    res_model=activity.res_model,
                    res_id=activity.res_id,
                    note=activity.res_name or "",
                ),
                "who": activity.user_id.name,
            }
            for activity in found
        ]

    @api.model
    def _fetch_activity_ids(self, scope):
        """Return the next activities on documents that the reader may read."""
        self.env["mail.activity"].flush_model(
            ["active", "date_deadline", "res_id", "res_model"]
        )
        partners = self.env["res.partner"].with_context(active_test=False)
        readable = partners._search([("id", "in", scope.partner_ids)])
        parts = [
            SQL(
                "SELECT 'res.partner' AS model, d.id FROM %s d(id)",
                readable.subselect(*self._columns_sql(readable, "id")),
            )
        ]
        for name, domain in self._get_activity_documents().items():
            model = self.env[name]
            if not model.has_access("read"):
                continue
            readable = model._search(
                Domain("partner_id", "in", scope.partner_ids)
                & Domain("company_id", "in", [False, scope.company.id])
                & Domain(domain)
            )
            ids = readable.subselect(*self._columns_sql(readable, "id"))
            parts.append(SQL("SELECT %s, d.id FROM %s d(id)", name, ids))
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id FROM (%s) d
                     JOIN mail_activity a ON a.res_model = d.model AND a.res_id = d.id
                    WHERE a.active AND %s
                 ORDER BY a.date_deadline, a.id LIMIT %s""",
                SQL(" UNION ALL ").join(parts),
                self._get_activity_condition(),
                LIMIT,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _get_activity_condition(self):
        """Return the condition on activities ``a`` that stand on the page."""
        return SQL("TRUE")

    @api.model
    def _get_activity_documents(self):
        """Return the domain of the open documents whose activities count, by model."""
        return {
            "crm.lead": [("active", "=", True)],
            "sale.order": [("state", "in", ["draft", "sent"])],
            "crm.complaint": [("is_open", "=", True)],
        }
