from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command

from odoo.addons.crm_service.tools import visit_plan

from .activity_common import NOW, ActivityCommon

__all__ = ["NOW", "VisitCommon"]


class VisitCommon(ActivityCommon):
    """People of the team visit customers; policies and cadences say how often.

    Anna and Ben work from Monday to Friday, eight hours a day, in Berlin. The plan is
    that of the second quarter of 2026, which has 65 such days. Everybody's visits
    begin with the plan, whatever the number of the customer is on this database.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(visit_plan, "GOLDEN", 0))
        cls.env["crm.service.level"].search([]).is_default = False
        cls.routine = cls.env.ref("crm_service.crm_sales_activity_kind_routine")
        cls.routine.currency_id = cls.company.currency_id
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Forty hours",
                "company_id": cls.company.id,
                "tz": "Europe/Berlin",
                "hours_per_day": 8.0,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "full_day",
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.company.partner_id.tz = "Europe/Berlin"

    @classmethod
    def _create_policy(cls, partner, visits):
        return cls.env["crm.customer.policy"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "reason": "Agreed",
                "date_start": "2020-01-01",
                "visits_per_year": visits,
            }
        )

    @classmethod
    def _create_plan(cls, *people, **vals):
        return cls.env["crm.visit.plan"].create(
            {
                "name": "Second quarter",
                "company_id": cls.company.id,
                "period": "quarter",
                "date_from": "2026-04-01",
                "kind_id": cls.routine.id,
                "person_ids": [
                    Command.create({"user_id": user.id})
                    for user in people or (cls.anna,)
                ],
                **vals,
            }
        )

    @classmethod
    def _create_visit(cls, user=None, **vals):
        return cls._create_touch(user, **{"kind_id": cls.routine.id, **vals})

    def _get_visits(self, plan):
        return self.env["crm.sales.activity"].search(
            [("plan_id", "=", plan.id)], order="date_start, id"
        )

    def _get_rows(self, plan):
        """Return what makes the visits of a plan the same."""
        self.env.invalidate_all()
        return [
            (v.id, v.plan_key, v.user_id.id, v.date_start, v.state)
            for v in self._get_visits(plan)
        ]

    def _finish(self, visit):
        visit.write({"outcome_id": self.interested.id, "findings": "Content"})
        visit.action_done()

    def _local_day(self, visit) -> date:
        visit = visit.with_context(tz="Europe/Berlin")
        return fields.Datetime.context_timestamp(visit, visit.date_start).date()
