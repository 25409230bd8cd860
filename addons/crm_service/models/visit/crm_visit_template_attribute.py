from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.visit_report import is_writable, missing_choices


class CrmVisitTemplateAttribute(models.Model):
    """Ties a question of a template to an observed attribute of customers."""

    _name = "crm.visit.template.attribute"
    _description = "Question Written to an Attribute"
    _order = "template_id, sequence, id"
    _rec_name = "question"

    template_id = fields.Many2one(
        "crm.visit.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    question = fields.Char(
        required=True, help="The label of the question, exactly as in the template."
    )
    attribute_id = fields.Many2one(
        "crm.partner.attribute",
        required=True,
        index=True,
        ondelete="restrict",
        help="The answer becomes an observation of this attribute when the visit is "
        "done.",
    )

    _attribute_unique = models.UniqueIndex(
        "(template_id, attribute_id)",
        "Another question of the template writes to this attribute already. Choose "
        "another attribute.",
    )

    @api.constrains("question", "attribute_id", "template_id")
    def _check_question(self):
        """Refuse ties between a question and an attribute of another kind."""
        for line in self:
            question = line.template_id._get_question(line.question)
            if not question:
                raise ValidationError(
                    self.env._(
                        "The template “%(template)s” has no question “%(question)s”. "
                        "Enter the label of one of its questions, or remove the line.",
                        template=line.template_id.name,
                        question=line.question,
                    )
                )
            line._check_kind(question)

    def _check_kind(self, question):
        attribute = self.attribute_id
        if not is_writable(question["type"], attribute.value_type):
            kinds = dict(
                attribute._fields["value_type"]._description_selection(self.env)
            )
            raise ValidationError(
                self.env._(
                    "Answers to “%(question)s” do not fit the attribute "
                    "“%(attribute)s”, which takes: %(kind)s. Change the kind of the "
                    "question, or choose another attribute.",
                    question=self.question,
                    attribute=attribute.display_name,
                    kind=kinds[attribute.value_type],
                )
            )
        if attribute.value_type == "selection":
            missing = missing_choices(
                question.get("selection") or [], attribute.choice_ids.mapped("name")
            )
            if missing:
                raise ValidationError(
                    self.env._(
                        "These answers to “%(question)s” are not among the choices of "
                        "“%(attribute)s”: %(missing)s. Add them to the attribute, or "
                        "rename them.",
                        question=self.question,
                        attribute=attribute.display_name,
                        missing=", ".join(missing),
                    )
                )
