from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.visit_report import answer_value

PHOTO_MAX = 20
PHOTO_MB = 10
PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")


class CrmSalesActivity(models.Model):
    """The report of a visit: answers, needs, what is heard of the market, photos.

    When a visit is done, its answers are written to the observed attributes of the
    customer, once: done again after it was reopened, the same observations change.
    """

    _inherit = "crm.sales.activity"

    findings_properties = fields.Properties(
        "Questions", definition="template_id.definition", copy=False
    )
    competitor_note = fields.Text(
        "Competitors",
        copy=False,
        help="Which competitors deliver, at which prices, and what is new.",
    )
    market_note = fields.Text(
        "Market", copy=False, help="Demand, projects, prices and changes of staff."
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        "crm_sales_activity_photo_rel",
        "activity_id",
        "attachment_id",
        "Photos",
        copy=False,
        bypass_search_access=True,
    )
    observation_ids = fields.One2many(
        "crm.partner.observation",
        "sales_activity_id",
        "Observations",
        readonly=True,
        groups="crm_strategy.group_user",
    )

    # --- PHOTOS

    @api.constrains("photo_ids")
    def _check_photos(self):
        """Only pictures, not too many and not too big."""
        for visit in self:
            photos = visit.photo_ids
            if len(photos) > PHOTO_MAX:
                raise ValidationError(
                    self.env._(
                        "A visit takes up to %(count)s photos. Remove some of them.",
                        count=PHOTO_MAX,
                    )
                )
            for photo in photos:
                if photo.mimetype not in PHOTO_TYPES:
                    raise ValidationError(
                        self.env._(
                            "“%s” is not a photo. Attach JPEG, PNG, WebP or GIF "
                            "pictures here, and other files to the conversation.",
                            photo.name,
                        )
                    )
                if photo.file_size > PHOTO_MB * 1024 * 1024:
                    raise ValidationError(
                        self.env._(
                            "“%(name)s” is larger than %(size)s MB. Attach a smaller "
                            "picture.",
                            name=photo.name,
                            size=PHOTO_MB,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._adopt_photos()
        return activities

    def write(self, vals):
        result = super().write(vals)
        if "photo_ids" in vals:
            self._adopt_photos()
        return result

    def _adopt_photos(self):
        """Let whoever sees the visit see the photos that its reporter uploaded."""
        for visit in self.filtered("photo_ids"):
            own = visit.photo_ids.sudo().filtered(  # style: CRM109 own, just uploaded
                lambda photo: not photo.res_id and photo.create_uid == self.env.user
            )
            own.write({"res_model": self._name, "res_id": visit.id})

    # --- OBSERVATIONS

    def _after_move(self, old_state):
        """Write the answers of visits that are done now to their customers."""
        result = super()._after_move(old_state)
        self.filtered(lambda visit: visit.state == "done")._write_observations()
        return result

    def _write_observations(self):
        """Make the observations of these visits equal to their answers."""
        for visit in self.filtered("template_id.attribute_ids"):
            wanted = visit._get_answers()
            rows = visit.sudo().observation_ids  # style: CRM109 of one's own report
            known = {row.attribute_id.id: row for row in rows}
            for attribute, value in wanted.items():
                vals = visit._prepare_observation_vals(attribute, value)
                if row := known.pop(attribute.id, None):
                    row.write(vals)
                else:
                    rows.create(vals)
            rows.browse(row.id for row in known.values()).unlink()

    def _get_answers(self):
        """Return ``{attribute: value}`` of the answers tied to attributes."""
        self.ensure_one()
        answers = {
            (answer.get("string") or answer["name"]).strip().lower(): answer
            for answer in self.read(["findings_properties"])[0]["findings_properties"]
        }
        found = {}
        for line in self.template_id.attribute_ids:
            answer = answers.get(line.question.strip().lower())
            value = answer_value(answer) if answer else None
            if value is not None and line.attribute_id.active:
                found[line.attribute_id] = value
        return found

    def _get_answer_texts(self):
        """Return pairs (question, answer) for the printed report."""
        self.ensure_one()
        texts = []
        for answer in self.read(["findings_properties"])[0]["findings_properties"]:
            value = answer_value(answer)
            if value is not None:
                if value is True:
                    value = self.env._("Yes")
                texts.append((answer.get("string") or answer["name"], value))
        return texts

    def _prepare_observation_vals(self, attribute, value):
        """Return the observation that an answer is."""
        day = fields.Datetime.context_timestamp(self, self.date_start).date()
        names = {
            "number": "value_number",
            "text": "value_text",
            "date": "value_date",
            "boolean": "value_bool",
        }
        name = names.get(attribute.value_type, "value_choice_id")
        if attribute.value_type == "selection":
            value = attribute.choice_ids.filtered(
                lambda c: c.name.strip().lower() == value.strip().lower()
            )[:1].id
        return {
            "partner_id": self.partner_id.id,
            "attribute_id": attribute.id,
            "company_id": attribute.company_id.id or self.company_id.id,
            "date": min(day, fields.Date.context_today(self)),
            "source": "visit",
            "source_reference": self.display_name,
            "user_id": self.user_id.id,
            "sales_activity_id": self.id,
            name: value,
        }
