from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ...tools.concept_states import LESSON


class CrmLesson(models.Model):
    """What was tried and what was learnt from it, for the colleagues.

    A draft is its author's; once published everybody of the company reads it, finds
    it by its words, and is shown it where tag or segment fit.
    """

    _name = "crm.lesson"
    _description = "Lesson"
    _inherit = ["crm.state.mixin", "crm.document.ref.mixin", "mail.thread"]
    _order = "useful_count desc, date desc, id desc"
    _transitions = LESSON

    def _default_date(self):
        return fields.Date.context_today(self)

    # What was learnt
    name = fields.Char("Lesson", required=True, tracking=True)
    kind = fields.Selection(
        [
            ("success", "Success"),
            ("failure", "Failure"),
            ("insight", "Insight"),
        ],
        default="insight",
        required=True,
    )
    context = fields.Text("Situation", help="With whom, when, under which conditions.")
    tried = fields.Text("What Was Tried")
    learnt = fields.Text("What Was Learnt")
    advice = fields.Text(help="What to do the next time.")

    # Where it applies
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    division_id = fields.Many2one("crm.division", index="btree_not_null")
    categ_id = fields.Many2one("product.category", "Product Category")
    segment_id = fields.Many2one("crm.segment", index="btree_not_null")

    # Who says so
    user_id = fields.Many2one(
        "res.users",
        "Author",
        default=lambda self: self.env.user,
        required=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        index=True,
    )
    date = fields.Date(default=lambda self: self._default_date(), required=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        ondelete="cascade",
        index=True,
        help="Empty: every company of the group may read it.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("published", "Published"),
            ("archived", "Archived"),
        ],
        default="draft",
        required=True,
        copy=False,
        index=True,
        tracking=True,
    )
    useful_user_ids = fields.Many2many(
        "res.users",
        relation="crm_lesson_useful_rel",
        string="Found Useful By",
        readonly=True,
        copy=False,
    )
    useful_count = fields.Integer(
        "Times Found Useful", compute="_compute_useful_count", store=True
    )
    is_useful_for_me = fields.Boolean(
        "Is Useful for Me", compute="_compute_is_useful_for_me"
    )

    @api.depends("useful_user_ids")
    def _compute_useful_count(self):
        for lesson in self:
            lesson.useful_count = len(lesson.useful_user_ids)

    @api.depends("useful_user_ids")
    @api.depends_context("uid")
    def _compute_is_useful_for_me(self):
        for lesson in self:
            lesson.is_useful_for_me = self.env.user in lesson.useful_user_ids

    @api.constrains("state", "learnt")
    def _check_learnt(self):
        for lesson in self:
            if lesson.state == "published" and not lesson.learnt:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” does not say yet what was learnt. Enter it, then "
                        "publish the lesson.",
                        name=lesson.name,
                    )
                )

    # --- ACTIONS

    def action_publish(self):
        """Show the lesson to everybody of the company."""
        self._move("publish")

    def action_reset(self):
        """Take the lesson back to work on it."""
        self._move("reset")

    def action_shelve(self):
        """Put the lesson away: it is no longer proposed."""
        self._move("shelve")

    def action_toggle_useful(self):
        """Say that the lesson was useful for me, or take that back."""
        self.check_access("read")
        user = self.env.user
        for lesson in self:
            link = Command.unlink if lesson.is_useful_for_me else Command.link
            writable = lesson.sudo()  # style: CRM109 a reader adds only himself
            writable.useful_user_ids = [link(user.id)]

    @api.model
    def _get_document_models(self):
        return [
            *super()._get_document_models(),
            "crm.need",
            "crm.decision",
            "crm.alert",
        ]

    # --- PROPOSALS

    @api.model
    def _get_matching_domain(self, tags, segments):
        """Return the domain of published lessons on any of these tags or segments."""
        fitting = fields.Domain("tag_ids", "in", tags.ids) | fields.Domain(
            "segment_id", "in", segments.ids
        )
        return fitting & fields.Domain("state", "=", "published")
