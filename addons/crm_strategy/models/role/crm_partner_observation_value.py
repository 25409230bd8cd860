from odoo import api, models
from odoo.exceptions import ValidationError

from ...tools.observation_value import (
    count_decimals,
    parse_date,
    parse_number,
    parse_yes_no,
)

VALUE_FIELDS = {
    "number": "value_number",
    "text": "value_text",
    "selection": "value_choice_id",
    "date": "value_date",
    "boolean": "value_bool",
}


class CrmPartnerObservation(models.Model):
    """Typed value and written value are one: each is worked out from the other.

    Forms enter typed values; quick entry and imports write the value as text,
    which is read in the writer's language.
    """

    _inherit = "crm.partner.observation"

    @api.model_create_multi
    def create(self, vals_list):
        """Complete each value: typed from written, or written from typed."""
        attributes = self.env["crm.partner.attribute"]
        for vals in vals_list:
            attribute = attributes.browse(vals.get("attribute_id"))
            if attribute:
                vals.update(self._prepare_value_vals(attribute, vals))
        return super().create(vals_list)

    def write(self, vals):
        """Keep both forms of the value together."""
        names = {*VALUE_FIELDS.values(), "value_display", "attribute_id"}
        if names.isdisjoint(vals):
            return super().write(vals)
        for observation in self:
            attribute = observation.attribute_id
            if "attribute_id" in vals:
                attribute = attribute.browse(vals["attribute_id"])
            value = observation._prepare_value_vals(attribute, vals)
            super(CrmPartnerObservation, observation).write({**vals, **value})
        return True

    def _prepare_value_vals(self, attribute, vals):
        """Return both forms of the value that ``vals`` enter for ``attribute``.

        :raises ValidationError: if there is none, or none of the attribute's kind
        """
        kind = attribute.value_type
        name = VALUE_FIELDS[kind]
        typed = vals.get(name)
        # a number may be nought, a yes-or-no may be no
        if (
            typed
            or (kind == "boolean" and name in vals)
            or (typed is not False and (kind == "number" and typed is not None))
        ):
            return {"value_display": self._write_value(attribute, typed)}
        if vals.get("value_display"):
            typed = self._read_value(attribute, vals["value_display"])
            return {
                name: typed,
                "value_display": self._write_value(attribute, typed),
            }
        if kind == "boolean":
            return {"value_display": self._write_value(attribute, False)}
        if self.value_display and name not in vals and "attribute_id" not in vals:
            return {"value_display": self.value_display}
        raise ValidationError(
            self.env._(
                "Enter the value that was observed for %(attribute)s.",
                attribute=attribute.display_name,
            )
        )

    @api.model
    def _get_lang(self):
        return self.env["res.lang"]._get_data(code=self.env.lang or "en_US")

    def _write_value(self, attribute, typed):
        """Return ``typed`` as a person of the present language writes it."""
        lang = self.env["res.lang"].browse(self._get_lang().id)
        if attribute.value_type == "number":
            decimals = count_decimals(float(typed))
            return lang.format(f"%.{decimals}f", float(typed), grouping=True)
        if attribute.value_type == "boolean":
            return self.env._("Yes") if typed else self.env._("No")
        if attribute.value_type == "selection":
            choice = attribute.choice_ids.browse(typed)
            if choice not in attribute.choice_ids:
                raise ValidationError(self._get_choice_message(attribute, choice.name))
            return choice.name
        if attribute.value_type == "date":
            return str(typed)
        return str(typed).strip()

    def _read_value(self, attribute, text):
        """Return the typed value that ``text`` says."""
        lang, text = self._get_lang(), str(text).strip()
        kind = attribute.value_type
        try:
            if kind == "number":
                if attribute.unit and text.endswith(attribute.unit):
                    text = text.removesuffix(attribute.unit)
                return parse_number(text, lang.decimal_point, lang.thousands_sep)
            if kind == "date":
                return parse_date(text, lang.date_format)
            if kind == "boolean":
                return parse_yes_no(text, self.env._("Yes"), self.env._("No"))
        except ValueError as e:
            raise ValidationError(self._get_kind_message(attribute, text)) from e
        if kind == "selection":
            return self._read_choice(attribute, text).id
        return text

    def _read_choice(self, attribute, text):
        choice = attribute.choice_ids.filtered(
            lambda c: c.name.strip().lower() == text.lower()
        )[:1]
        if not choice:
            raise ValidationError(self._get_choice_message(attribute, text))
        return choice

    def _get_choice_message(self, attribute, text):
        return self.env._(
            "%(value)s is not a choice of %(attribute)s. Use one of: %(choices)s.",
            value=text,
            attribute=attribute.display_name,
            choices=", ".join(attribute.choice_ids.mapped("name")),
        )

    def _get_kind_message(self, attribute, text):
        kinds = dict(attribute._fields["value_type"]._description_selection(self.env))
        return self.env._(
            "%(value)s does not fit %(attribute)s, which takes: %(kind)s. Correct the "
            "value.",
            value=text,
            attribute=attribute.display_name,
            kind=kinds[attribute.value_type],
        )
