from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .concept_common import ConceptCommon


@tagged("post_install", "-at_install")
class TestCrmLesson(ConceptCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.topic = cls.env["crm.tag"].create({"name": "Trial"})
        cls.lesson = cls._create_lesson("Trial first", tag_ids=cls.topic.ids)
        cls.draft = cls._create_lesson("Draft", state="draft", learnt=False)

    @classmethod
    def _create_lesson(cls, name, **vals):
        return cls.env["crm.lesson"].create(
            {
                "name": name,
                "learnt": "Small quantities first",
                "user_id": cls.rep.id,
                "company_id": cls.company_a.id,
                "state": "published",
                **vals,
            }
        )

    def _seen(self, user):
        lessons = self.env["crm.lesson"].with_user(user)
        return lessons.search([("id", "in", (self.lesson | self.draft).ids)])

    def test_author_writes_and_publishes(self):
        with Form(self.env["crm.lesson"].with_user(self.rep)) as form:
            form.name = "Say no early"
        lesson = form.record
        self.assertEqual((lesson.user_id, lesson.state), (self.rep, "draft"))
        with self.assertRaises(ValidationError), self.cr.savepoint():
            lesson.action_publish()
        self.assertEqual(lesson.state, "draft")
        lesson.learnt = "It saves a month"
        lesson.action_publish()
        self.assertEqual(lesson.state, "published")
        with self.assertRaises(UserError):
            lesson.action_publish()

    def test_readers_read_published_ones_and_change_nothing(self):
        both = self.lesson | self.draft
        self.assertEqual(self._seen(self.rep), both)
        self.assertEqual(self._seen(self.rep_all), self.lesson)
        self.assertEqual(self._seen(self.manager), both)
        self.assertDenied(lambda: self._seen(self.employee))
        self.assertDenied(lambda: self._seen(self.portal))
        reader = self.lesson.with_user(self.rep_all)
        self.assertDenied(lambda: reader.write({"learnt": "No"}))
        self.assertDenied(reader.action_shelve)
        self.assertDenied(reader.unlink)
        self.assertEqual(
            (self.lesson.learnt, self.lesson.state),
            ("Small quantities first", "published"),
        )
        self.lesson.with_user(self.manager).action_shelve()
        self.assertEqual(self.lesson.state, "archived")
        self.assertFalse(self._seen(self.rep_all))

    def test_other_companies_read_shared_lessons_only(self):
        reader = self._create_user("seg_b", "sales_team.group_sale_salesman")
        reader.write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        self.assertFalse(self._seen(reader))
        self.lesson.company_id = False
        self.assertEqual(self._seen(reader), self.lesson)

    def test_a_reader_votes_once_and_takes_it_back(self):
        reader = self.lesson.with_user(self.rep_all)
        reader.action_toggle_useful()
        self.lesson.with_user(self.manager).action_toggle_useful()
        self.env.invalidate_all()
        self.assertEqual(self.lesson.useful_count, 2)
        self.assertTrue(reader.is_useful_for_me)
        reader.action_toggle_useful()
        self.env.invalidate_all()
        self.assertEqual(self.lesson.useful_user_ids, self.manager)
        self.assertDenied(self.draft.with_user(self.rep_all).action_toggle_useful)
        self.assertFalse(self.draft.useful_count)

    def test_opportunities_show_lessons_of_tag_and_segment(self):
        scheme = self._create_scheme(("All", []))
        customer = self._create_customer("Acme", user_id=self.rep.id)
        scheme._refresh()
        self._create_lesson("Segment", segment_id=scheme.segment_ids.id)
        self._create_lesson("Foreign", company_id=self.company_b.id)
        self.draft.write({"tag_ids": self.topic.ids})
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "user_id": self.rep.id, "company_id": self.company_a.id}
        )
        reader = lead.with_user(self.rep)
        self.assertEqual(reader.lesson_count, 0)
        lead.tag_ids = self.topic
        self.assertEqual(reader.lesson_count, 1)
        lead.partner_id = customer
        self.assertEqual(reader.lesson_count, 2)
        found = self.env["crm.lesson"].with_user(self.rep)
        domain = reader.action_open_lessons()["domain"]
        self.assertEqual(
            set(found.search(domain).mapped("name")), {"Trial first", "Segment"}
        )

    def test_any_word_finds_a_lesson(self):
        view = self.env.ref("crm_strategy.crm_lesson_view_search")
        self.assertIn("('advice', 'ilike', self)", view.arch)
        self.lesson.advice = "Send samples by air"
        found = self.env["crm.lesson"].with_user(self.rep_all)
        self.assertEqual(found.search([("advice", "ilike", "by AIR")]), self.lesson)

    def test_counts_cost_the_same_for_many_opportunities(self):
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Deal {index}",
                    "tag_ids": self.topic.ids,
                    "company_id": self.company_a.id,
                }
                for index in range(20)
            ]
        )
        for some in (leads[:2], leads):
            self.env.flush_all()
            self.env.invalidate_all()
            some = some.with_user(self.rep_all)
            some.mapped("tag_ids")
            some.mapped("partner_id")
            with self.assertQueryCount(6):
                self.assertEqual(set(some.mapped("lesson_count")), {1})
