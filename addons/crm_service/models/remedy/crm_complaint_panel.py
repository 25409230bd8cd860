from odoo import api, fields, models
from odoo.tools import SQL, format_amount

from ...tools import remedy_policy
from .crm_complaint_policy import BUYERS, GRANTS


class CrmComplaint(models.Model):
    """What whoever decides has in front of him, and who is told of the decision."""

    _inherit = "crm.complaint"

    decision_panel = fields.Html(
        "Policy, Budget and Similar Cases",
        compute="_compute_decision_panel",
        sanitize=False,
        groups="crm_service.group_agent",
    )

    # --- PANEL

    @api.depends("kind_id", "partner_id", "team_id", "company_id", "line_ids.amount")
    @api.depends_context("uid", "lang")
    def _compute_decision_panel(self):
        for complaint in self:
            complaint.decision_panel = self.env["ir.qweb"]._render(
                "crm_service.crm_complaint_decision_panel",
                complaint._prepare_panel_values(),
            )

    def _prepare_panel_values(self):
        """Return what the panel shows, as texts in the reader's language."""
        self.ensure_one()
        case = self._get_case()
        segments = self.env["crm.segment"].sudo()  # style: CRM109 names of classes
        states = self.env["crm.lifecycle.transition"]._selection_state()
        buyers = dict(self._get_labels("buyer", BUYERS))
        return {
            "buyer": buyers["first" if case.is_first else "repeat"],
            "is_first": case.is_first,
            "segments": segments.browse(case.segments).mapped("name"),
            "lifecycle": dict(states).get(case.lifecycle),
            "rules": self._prepare_panel_rules(case),
            "budgets": self._prepare_panel_budgets(),
            "like": self._prepare_panel_like(),
        }

    def _get_labels(self, name, _values):
        field = self.env["crm.complaint.policy"]._fields[name]
        return field._description_selection(self.env)

    def _prepare_panel_rules(self, case):
        """Return one line for each remedy: what is allowed at most, who grants it."""
        rules = self._get_rules()
        grants = dict(self._get_labels("grant", GRANTS))
        currency = self.company_currency_id
        lines = []
        for remedy, label in self.env["crm.complaint.remedy"]._get_types():
            rule = rules.get(remedy)
            policy = self.env["crm.complaint.policy"].browse(
                rule.record_id if rule else []
            )
            policy = policy.sudo()  # style: CRM109 same for every reader
            is_allowed = bool(rule and rule.is_allowed)
            most = remedy_policy.most(rule, case.amount) if is_allowed else None
            is_paid = remedy_policy.PROMISES[remedy] in ("goods", "money")
            lines.append(
                {
                    "label": label,
                    "is_allowed": is_allowed,
                    "most": most is not None
                    and is_paid
                    and format_amount(self.env, most, currency),
                    "grant": grants.get(rule.grant) if is_allowed else False,
                    "gift": policy.gift_product_id
                    and self.env._(
                        "Gift: %(product)s", product=policy.gift_product_id.display_name
                    ),
                    "note": policy.note,
                }
            )
        return lines

    def _prepare_panel_budgets(self):
        return [
            {
                "text": self.env._(
                    "%(budget)s: %(remaining)s of %(amount)s left",
                    budget=budget.name,
                    remaining=format_amount(
                        self.env, budget.remaining, budget.currency_id
                    ),
                    amount=format_amount(self.env, budget.amount, budget.currency_id),
                ),
                "percent": min(max(budget.used_percent, 0), 100),
                "is_over": budget.remaining < 0,
            }
            for budget in self._get_budgets()
        ]

    def _prepare_panel_like(self):
        """Return one sentence about similar cases, None where there are none."""
        like = self._fetch_like_cases()
        if not like:
            return None
        types = dict(self.env["crm.complaint.remedy"]._get_types())
        return self.env._(
            "%(count)s similar cases in the last twelve months, usually settled with: "
            "%(remedy)s. Granted: %(median)s of the complaint value (%(least)s to "
            "%(most)s).",
            count=like["count"],
            remedy=types.get(like["remedy"], like["remedy"]),
            **{name: f"{like[name]:.0f} %" for name in ("median", "least", "most")},
        )

    # --- FAIRNESS

    def _fetch_like_cases(self):
        """Return what was granted in like cases, None where there are none.

        Like is the same kind in the same company, over half to one and a half of
        the amount, decided within twelve months. Keys: ``count``, ``median``,
        ``least``, ``most`` (percent of the complaint's amount, all its remedies
        together), ``remedy`` (the usual one).
        """
        self.ensure_one()
        remedies = self.env["crm.complaint.remedy"]
        names = ["complaint_id", "company_id", "kind_id", "state", "day_granted"]
        names += ["case_amount", "percent", "remedy_type", "amount_company"]
        remedies.flush_model(names)
        since = fields.Date.subtract(fields.Date.context_today(self), months=12)
        amount = self.sudo().amount_company  # style: CRM109 decides for all alike
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT COUNT(*) AS count, MIN(percent) AS least,
                          MAX(percent) AS most,
                          PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY percent)
                              AS median,
                          MODE() WITHIN GROUP (ORDER BY remedy_type) AS remedy
                     FROM (SELECT SUM(percent) AS percent,
                                  (ARRAY_AGG(remedy_type
                                   ORDER BY amount_company DESC, id))[1] AS remedy_type
                             FROM crm_complaint_remedy
                            WHERE company_id = %(company)s AND kind_id = %(kind)s
                              AND day_granted >= %(since)s
                              AND state IN ('granted', 'released', 'done')
                              AND case_amount BETWEEN %(least)s AND %(most)s
                              AND complaint_id != %(own)s
                         GROUP BY complaint_id) cases""",
                company=self.company_id.id,
                kind=self.kind_id.id or 0,
                since=since,
                least=amount * 0.5,
                most=amount * 1.5,
                own=self._origin.id or 0,
            )
        )
        return rows[0] if rows and rows[0]["count"] else None

    # --- WHO IS TOLD

    def _send_distribution(self):
        """Write to those who have steps now, to the agent and to leaders in copy."""
        template = self.env.ref(
            "crm_service.mail_template_complaint_decision", raise_if_not_found=False
        )
        for complaint in self if template else ():
            users = complaint._get_distribution_users()
            if users:
                template.send_mail(
                    complaint.id,
                    email_values={
                        "recipient_ids": [fields.Command.set(users.partner_id.ids)],
                        "email_to": False,
                    },
                )

    def _get_distribution_users(self):
        """Return the people of the departments concerned, agent, leaders in copy.

        Shipping has no step of a replacement, but is told of what goes out.
        """
        steps = self._get_open_steps()
        users = steps.user_id | self.user_id
        if "warehouse" in steps.mapped("department"):
            users |= self.team_id._get_department_user("shipping")
        users |= self.team_id._get_users_in_copy(self.amount_company)
        return (users - self.env.user).filtered(
            lambda u: u.active and self.company_id in u.company_ids
        )
