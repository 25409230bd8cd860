from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .care_common import CareCommon


class SalesHomeUi(CareCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # noon of today for everybody, whatever the clock says
        (cls.rep | cls.leader | cls.other).tz = "UTC"
        noon = fields.Datetime.now().replace(hour=12, minute=0, second=0)
        cls.birthday = cls._create_rule(name="Birthday", script="Congratulate.")
        cls.boss.crm_birthday = (noon - timedelta(days=1)).replace(year=1976).date()
        cls.birthday._plan()
        cls._get_touches(cls.birthday).date_start = noon
        cls._create_touch(cls.foundry, name="Price", date_start=noon)
        cls._create_touch(
            cls.foundry, name="Left behind", date_start=noon - timedelta(days=3)
        )
        cls.team.member_ids = [Command.link(cls.other.id)]
        cls._create_touch(
            cls.mill, name="Samples", date_start=noon, user_id=cls.other.id
        )


@tagged("post_install", "-at_install")
class TestSalesHomeUi(SalesHomeUi):
    def test_salesperson_works_through_his_day(self):
        self.start_tour("/odoo/my-day", "crm_sales_home_tour", login="care_rep")
        touch = self._get_touches(self.birthday)
        self.assertEqual((touch.state, touch.outcome_id), ("done", self.reached))


@tagged("post_install", "-at_install")
class TestSalesHomePhoneUi(SalesHomeUi):
    browser_size = "390x844"
    touch_enabled = True

    def test_leader_looks_at_the_day_of_his_people_on_the_phone(self):
        self.start_tour("/odoo/my-day", "crm_sales_home_phone_tour", login="care_lead")
