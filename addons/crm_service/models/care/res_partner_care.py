from odoo import fields, models
from odoo.tools import SQL

READERS = "crm_service.group_agent,crm_strategy.group_user"


class ResPartner(models.Model):
    """What care rules go by, and whether a contact wants to be cared for."""

    _inherit = "res.partner"

    crm_birthday = fields.Date(
        "Birthday",
        prefetch=False,
        groups=READERS,
        help="Care rules plan a sales activity for this day every year. Contacts born "
        "on 29 February are congratulated on 28 February in other years.",
    )
    crm_care_opt_out = fields.Boolean(
        "No Care Contacts",
        tracking=True,
        prefetch=False,
        groups=READERS,
        help="Care rules plan no sales activities for this contact. Set it on a "
        "company to exclude all of its contacts.",
    )

    def _merge_care_keys(self, duplicates):
        """Let the touches of ``duplicates`` count for ``self``, so none is doubled.

        The key of a touch names the contact of its occasion. Where both have had a
        touch for the same occasion, that of the duplicate keeps its old key.
        """
        touches = self.env["crm.sales.activity"]
        touches.flush_model(["care_rule_id", "care_key"])
        self.env.execute_query(
            SQL(
                """WITH moved AS (
                       SELECT DISTINCT ON (care_rule_id, key) id, care_rule_id, key
                         FROM (SELECT id, care_rule_id,
                                      SPLIT_PART(care_key, ',', 1) || ',' || %(stays)s
                                      || ',' || SPLIT_PART(care_key, ',', 3) AS key
                                 FROM crm_sales_activity
                                WHERE SPLIT_PART(care_key, ',', 2) = ANY(%(gone)s)) f
                     ORDER BY care_rule_id, key, id)
                   UPDATE crm_sales_activity a SET care_key = m.key
                     FROM moved m
                    WHERE m.id = a.id AND NOT EXISTS (
                          SELECT FROM crm_sales_activity o
                           WHERE o.care_rule_id = m.care_rule_id
                             AND o.care_key = m.key)
                RETURNING a.id""",
                stays=str(self.id),
                gone=[str(partner_id) for partner_id in duplicates.ids],
            )
        )
        touches.invalidate_model(["care_key"])
