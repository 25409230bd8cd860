from odoo.fields import Command

from .care_common import CareCommon


class SalesHomeCommon(CareCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_service_value_scheme_id = cls.env["crm.segmentation"].create(
            {
                "name": "Value of Care",
                "kind": "exclusive",
                "company_id": cls.company.id,
                "segment_ids": [
                    Command.create({"name": "Gold", "sequence": 1}),
                    Command.create({"name": "Silver", "sequence": 2}),
                ],
            }
        )
        cls.gold, cls.silver = cls.company.crm_service_value_scheme_id.segment_ids

    @classmethod
    def _get_home(cls, user, who="me"):
        """Return the sections by key, as the browser asks for them."""
        home = cls.env["crm.sales.home"].with_user(user).with_company(cls.company)
        home = home.with_context(tz=user.tz, allowed_company_ids=cls.company.ids)
        payload = home.get_home(who)
        return {section["key"]: section for section in payload["sections"]} | {
            "home": payload
        }

    @classmethod
    def _place(cls, segment, *partners):
        for partner in partners:
            cls.env["crm.segment.membership"].create(
                {
                    "segmentation_id": segment.segmentation_id.id,
                    "segment_id": segment.id,
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "date_start": "2026-01-01 00:00:00",
                    "start_reason": "manual",
                    "is_exclusive": True,
                }
            )

    @classmethod
    def _create_lead(cls, name, **vals):
        return cls.env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "user_id": cls.rep.id,
                "company_id": cls.company.id,
                "team_id": cls.team.id,
                **vals,
            }
        )

    def assertTitles(self, section, titles, count=None):
        self.assertEqual([row["title"] for row in section["rows"]], titles)
        self.assertEqual(section["count"], len(titles) if count is None else count)
