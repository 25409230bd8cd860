from odoo import fields, models

GRANTED = ("granted", "released", "done")


class CrmComplaint(models.Model):
    """What was granted, in words, and when it left the house."""

    _inherit = "crm.complaint"

    def _get_granted_texts(self):
        """Return ``{complaint id: [text, ...]}`` of the remedies that were granted."""
        remedies = self.env["crm.complaint.remedy"].sudo()  # style: CRM109 in words
        found = remedies.search_fetch(
            [("complaint_id", "in", self.ids), ("state", "in", GRANTED)],
            ["complaint_id", "remedy_type", "amount", "currency_id"],
            order="id",
        )
        labels = dict(found._fields["remedy_type"]._description_selection(self.env))
        texts = {}
        for remedy in found:
            text = labels[remedy.remedy_type]
            if remedy.amount:
                text = f"{text} {remedy.currency_id.format(remedy.amount)}"
            texts.setdefault(remedy.complaint_id.id, []).append(text)
        return texts

    def _get_shipping_day(self):
        """Return the day on which the last thing granted was sent, False if none."""
        remedies = self.sudo().remedy_ids  # style: CRM109 a day
        dates = remedies.filtered("date_shipped").mapped("date_shipped")
        if not dates:
            return False
        zone = self.env["crm.sale.fact"]._get_timezone(self.company_id)
        local = self.with_context(tz=zone)
        return fields.Datetime.context_timestamp(local, max(dates)).date()
