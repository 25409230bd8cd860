from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT


class SatisfactionCommon(TransactionCase):
    """Two companies; a customer with a buyer; who reads what.

    ==========  ===========================  ====================================
    login       role                         sees
    ==========  ===========================  ====================================
    sat_agent   service agent                every score of company A
    sat_mgr     service manager, leads the   the same, makes the rules
                service team
    sat_rep     salesperson of Acme          Acme and customers of nobody
    sat_other   another salesperson          customers of nobody
    sat_staff   internal user                nothing
    ==========  ===========================  ====================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a, cls.company_b = (
            cls.env["res.company"]
            .with_context(**DISABLED_MAIL_CONTEXT)
            .create([{"name": "Satisfied A"}, {"name": "Satisfied B"}])
        )
        cls.env = cls.env(
            context={
                **cls.env.context,
                **DISABLED_MAIL_CONTEXT,
                "allowed_company_ids": cls.company_a.ids,
            }
        )
        cls.agent = cls._create_user("sat_agent", "crm_service.group_agent")
        cls.manager = cls._create_user("sat_mgr", "crm_service.group_manager")
        cls.rep = cls._create_user("sat_rep", "sales_team.group_sale_salesman")
        cls.other = cls._create_user("sat_other", "sales_team.group_sale_salesman")
        cls.staff = cls._create_user("sat_staff", "base.group_user")
        cls.service_team = cls.env["crm.service.team"].create(
            {
                "name": "Desk",
                "company_id": cls.company_a.id,
                "leader_id": cls.manager.id,
            }
        )
        cls.acme = cls._create_partner(
            "Acme", is_company=True, user_id=cls.rep.id, email="info@acme.example"
        )
        cls.buyer = cls._create_partner(
            "Bea", parent_id=cls.acme.id, email="bea@acme.example"
        )
        cls.product = cls.env["product.product"].create({"name": "Foil"})
        cls.csat = cls.env.ref("crm_service.survey_csat")
        cls.nps = cls.env.ref("crm_service.survey_nps")
        cls.ces = cls.env.ref("crm_service.survey_ces")

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=cls.company_a.id,
            company_ids=[Command.set(cls.company_a.ids)],
        )

    @classmethod
    def _create_partner(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, **vals})

    @classmethod
    def _create_rule(cls, **vals):
        return cls.env["crm.satisfaction.rule"].create(
            {
                "name": "Rule",
                "company_id": cls.company_a.id,
                "survey_id": cls.ces.id,
                "low_value": 3,
                "date_from": "2020-01-01",
                "user_id": False,
                **vals,
            }
        )

    @classmethod
    def _create_complaint(cls, partner=None, closed=True, **vals):
        complaint = cls.env["crm.complaint"].create(
            {
                "title": "Leaked",
                "partner_id": (partner or cls.buyer).id,
                "company_id": cls.company_a.id,
                "team_id": cls.service_team.id,
                **vals,
            }
        )
        if closed:
            cls._set_state(complaint, "closed")
        return complaint

    @classmethod
    def _set_state(cls, complaint, state):
        """How a complaint gets there is tested elsewhere."""
        cls.env.flush_all()
        cls.env.cr.execute(
            """UPDATE crm_complaint SET state = %s, write_date = NOW(),
                      date_closed = CASE %s WHEN 'closed' THEN NOW() END
                WHERE id = %s""",
            [state, state, complaint.id],
        )
        complaint.invalidate_recordset()

    @classmethod
    def _get_requests(cls, rule):
        return cls.env["crm.satisfaction.request"].search([("rule_id", "=", rule.id)])

    @classmethod
    def _create_sent(cls, rule=None, partner=None):
        """Ask a customer about a closed complaint of his."""
        rule = rule or cls._create_rule(delay_days=0, cap_days=0)
        complaint = cls._create_complaint(partner)
        rule._plan()
        request = cls._get_requests(rule).filtered(
            lambda request: request.complaint_id == complaint
        )
        request._do_due()
        return request

    @classmethod
    def _answer(cls, request, value, comment=""):
        answer = request.user_input_id
        survey = request.survey_id
        texts = survey.question_ids - survey.crm_score_question_id
        answer._save_lines(survey.crm_score_question_id, str(value))
        answer._save_lines(texts, comment)
        answer._mark_done()
        return request.score_ids

    @classmethod
    def _create_score(cls, value, rule=None, partner=None):
        return cls._answer(cls._create_sent(rule, partner), value)

    @classmethod
    def _get_mails(cls, request):
        return cls.env["mail.mail"].search(
            [("model", "=", request._name), ("res_id", "in", request.ids)]
        )

    @classmethod
    def _pass_days(cls, request, days):
        """Let so many days go by for a request."""
        span = timedelta(days=days)
        for record in request:
            dates = {
                name: record[name] - span
                for name in ("date_sent", "date_expiry", "date_next", "date_reminded")
                if record[name]
            }
            record.write(dates)

    @classmethod
    def _run_cron(cls, name):
        cls.env.ref(f"crm_service.ir_cron_satisfaction_{name}").method_direct_trigger()

    @classmethod
    def _today(cls):
        return fields.Date.context_today(cls.acme)
