from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSatisfactionRule(models.Model):
    """Finds who is to be asked: one statement per rule, whatever it finds.

    Nothing of the host is overridden for it, so nobody waits at the delivery or at
    the case: what was written since the last run (``crm.watermark``) is looked at
    later, by a job. A request bears a key (``complaint,7``), unique per rule, so
    that looking twice at the same thing asks once.

    The statements of the triggers give these columns:

    =====================  =====================================================
    key                    what is asked about, unique per rule
    survey_id              another questionnaire than the rule's, or NULL
    partner_id             the contact who is asked
    complaint_id,          what is asked about
    picking_id, order_id
    team_id, user_id       sales team and salesperson
    service_team_id        team of the complaint
    day                    when it happened, in the company's time zone
    =====================  =====================================================
    """

    _inherit = "crm.satisfaction.rule"

    # --- PLAN

    def _plan_rule(self, limit=None):
        self.ensure_one()
        watermark = self.env["crm.watermark"]._read()
        self.env.flush_all()
        self._insert_requests(getattr(self, f"_{self.trigger}_sql")())
        self.watermark = watermark
        self.env["crm.satisfaction.request"].invalidate_model()
        self.invalidate_recordset(["request_ids"])

    def _insert_requests(self, found):
        """Add a request for each row of ``found`` that is new and meets the filters."""
        wait = SQL("%s::int", 0 if self.trigger == "cadence" else self.delay_days)
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_satisfaction_request (
                          rule_id, company_id, survey_id, key, state, partner_id,
                          commercial_partner_id, complaint_id, picking_id, order_id,
                          team_id, service_team_id, user_id, date_planned, date_next,
                          attempts, create_uid, create_date, write_uid, write_date)
                   SELECT %(rule)s, %(company)s, COALESCE(f.survey_id, %(survey)s),
                          f.key, 'planned', f.partner_id,
                          COALESCE(p.commercial_partner_id, p.id), f.complaint_id,
                          f.picking_id, f.order_id, f.team_id, f.service_team_id,
                          f.user_id, f.day + %(wait)s, (f.day + %(wait)s)::timestamp,
                          0, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM (%(found)s) f
                     JOIN res_partner p ON p.id = f.partner_id
                    WHERE f.day >= %(date_from)s AND %(filters)s
              ON CONFLICT (rule_id, key) DO NOTHING
                RETURNING id""",
                rule=self.id,
                company=self.company_id.id,
                survey=self.survey_id.id,
                wait=wait,
                uid=self.env.uid,
                now=SQL("(NOW() AT TIME ZONE 'UTC')"),
                found=found,
                date_from=self.date_from,
                filters=self._filters_sql(),
            )
        )

    def _filters_sql(self) -> SQL:
        """Return the condition that a found row ``f`` of partner ``p`` is meant."""
        terms = [
            SQL(
                "COALESCE(p.commercial_partner_id, p.id) NOT IN (%s)",
                self.env["crm.sale.fact"]._internal_customers_sql(),
            )
        ]
        if self.team_ids:
            terms.append(SQL("f.team_id = ANY(%s)", self.team_ids.ids))
        if self.service_team_ids:
            terms.append(SQL("f.service_team_id = ANY(%s)", self.service_team_ids.ids))
        if self.segment_ids:
            terms.append(
                SQL(
                    """EXISTS (SELECT FROM crm_segment_membership m
                                WHERE m.partner_id =
                                      COALESCE(p.commercial_partner_id, p.id)
                                  AND m.segment_id = ANY(%s)
                                  AND m.date_end IS NULL)""",
                    self.segment_ids.ids,
                )
            )
        return SQL(" AND ").join(terms)

    def _since_sql(self, column) -> SQL:
        """Return the condition that a row was written since the last run."""
        if not self.watermark:
            return SQL("TRUE")
        return SQL("%s >= %s", column, self.watermark)

    # --- TRIGGERS

    def _complaint_closed_sql(self) -> SQL:
        """The complaints that are closed; a duplicate is no case of its own."""
        day = self.env["crm.sale.fact"]._local_day_sql
        kinds = SQL()
        if self.kind_ids:
            kinds = SQL("AND c.kind_id = ANY(%s)", self.kind_ids.ids)
        return SQL(
            """SELECT 'complaint,' || c.id AS key, own.id AS survey_id, c.partner_id,
                      c.id AS complaint_id, NULL::int AS picking_id, c.order_id,
                      o.team_id, COALESCE(o.user_id, customer.user_id) AS user_id,
                      c.team_id AS service_team_id, %(day)s AS day
                 FROM crm_complaint c
                 JOIN res_partner customer ON customer.id = c.partner_id
            LEFT JOIN sale_order o ON o.id = c.order_id
            LEFT JOIN crm_complaint_kind k ON k.id = c.kind_id
            LEFT JOIN survey_survey own
                   ON own.id = k.survey_id AND own.active
                  AND own.crm_score_question_id IS NOT NULL
                WHERE c.company_id = %(company)s AND c.state = 'closed'
                  AND c.date_closed IS NOT NULL AND c.merged_into_id IS NULL
                  AND %(since)s %(kinds)s""",
            day=day(SQL("c.date_closed"), self.company_id),
            company=self.company_id.id,
            since=self._since_sql(SQL("c.write_date")),
            kinds=kinds,
        )

    def _delivery_done_sql(self) -> SQL:
        """The last delivery of each order of which nothing is left to be shipped.

        What is left may be shipped or cancelled: both are a reason to look again.
        What replaces goods of a complaint is asked about there, and not here.
        """
        return SQL(
            """WITH touched AS (
                   SELECT p.id, p.sale_id
                     FROM stock_picking p
                     JOIN stock_location l ON l.id = p.location_dest_id
                    WHERE p.company_id = %(company)s AND l.usage = 'customer'
                      AND p.state IN ('done', 'cancel') AND %(since)s
               ), delivery AS (
                   SELECT DISTINCT ON (COALESCE(p.sale_id, -p.id))
                          p.id, p.sale_id, p.partner_id, p.date_done
                     FROM stock_picking p
                     JOIN stock_location l ON l.id = p.location_dest_id
                    WHERE p.state = 'done' AND l.usage = 'customer'
                      AND (p.sale_id IN (SELECT sale_id FROM touched)
                           OR p.sale_id IS NULL AND p.id IN (SELECT id FROM touched))
                 ORDER BY COALESCE(p.sale_id, -p.id), p.date_done DESC, p.id DESC
               )
               SELECT 'picking,' || d.id AS key, NULL::int AS survey_id,
                      COALESCE(o.partner_id, d.partner_id) AS partner_id,
                      NULL::int AS complaint_id, d.id AS picking_id,
                      o.id AS order_id, o.team_id, o.user_id,
                      NULL::int AS service_team_id, %(day)s AS day
                 FROM delivery d
            LEFT JOIN sale_order o ON o.id = d.sale_id
                WHERE d.date_done IS NOT NULL AND o.crm_remedy_id IS NULL
                  AND NOT EXISTS (
                      SELECT FROM stock_picking p
                        JOIN stock_location l ON l.id = p.location_dest_id
                       WHERE p.sale_id = d.sale_id AND l.usage = 'customer'
                         AND p.state NOT IN ('done', 'cancel'))""",
            company=self.company_id.id,
            since=self._since_sql(SQL("p.write_date")),
            day=self.env["crm.sale.fact"]._local_day_sql(
                SQL("d.date_done"), self.company_id
            ),
        )

    def _cadence_sql(self) -> SQL:
        """The customers whom this rule has not asked for so many months.

        Asked is the customer, else the first contact who has an e-mail address.
        """
        facts = self.env["crm.sale.fact"]
        today = facts._get_today(self.company_id)
        return SQL(
            """SELECT 'customer,' || c.id || ',' || %(today)s::date AS key,
                      NULL::int AS survey_id, COALESCE(contact.id, c.id) AS partner_id,
                      NULL::int AS complaint_id, NULL::int AS picking_id,
                      NULL::int AS order_id, team.id AS team_id, c.user_id,
                      NULL::int AS service_team_id, %(today)s::date AS day
                 FROM res_partner c
            LEFT JOIN LATERAL (
                      SELECT contact.id FROM res_partner contact
                       WHERE c.email_normalized IS NULL AND contact.active
                         AND contact.parent_id = c.id
                         AND contact.commercial_partner_id = c.id
                         AND contact.email_normalized IS NOT NULL
                    ORDER BY contact.type != 'contact', contact.id LIMIT 1
                      ) contact ON TRUE
            LEFT JOIN LATERAL (
                      SELECT t.id FROM crm_team_member m
                        JOIN crm_team t ON t.id = m.crm_team_id
                       WHERE m.user_id = c.user_id AND m.active
                         AND COALESCE(t.company_id, %(company)s) = %(company)s
                    ORDER BY t.sequence, t.id LIMIT 1
                      ) team ON TRUE
                WHERE c.active AND c.id IN (%(customers)s)
                  AND NOT EXISTS (
                      SELECT FROM crm_satisfaction_request r
                       WHERE r.rule_id = %(rule)s AND r.commercial_partner_id = c.id
                         AND r.date_planned >
                             (%(today)s::date - make_interval(months => %(months)s)))
            """,
            today=today,
            company=self.company_id.id,
            customers=self._get_cadence_customers_sql(),
            rule=self.id,
            months=self.cadence_months,
        )

    def _get_cadence_customers_sql(self) -> SQL:
        """Return the ids of the members of the segments, else of all who bought."""
        if self.segment_ids:
            return SQL(
                """SELECT partner_id FROM crm_segment_membership
                    WHERE segment_id = ANY(%s) AND date_end IS NULL""",
                self.segment_ids.ids,
            )
        orders = self.env["crm.sale.fact"]._orders_sql(self.company_id)
        return SQL("SELECT customer_id FROM (%s) bought", orders)

    # --- CRON

    @api.model
    def _cron_plan(self):
        """Look at every rule; a later call goes on where one ended."""
        rules = self.search(
            Domain("survey_id.active", "=", True), order="planned_at NULLS FIRST, id"
        )
        self.env["crm.job.pass"]._cron_work_off(
            self._name,
            rules.ids,
            lambda ref: rules.browse(ref).try_lock_for_update()._plan(),
        )
