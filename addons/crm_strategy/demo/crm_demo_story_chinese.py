import csv

from odoo import api, models
from odoo.tools import file_open

from .crm_demo_story import FOLDER


class CrmDemoStory(models.AbstractModel):
    """Names of the story in the Chinese languages that the database has."""

    _inherit = "crm.demo.story"

    @api.model
    def _speak_chinese(self):
        """Translate the records of ``chinese.tsv``; one column for each language."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        with file_open(f"{FOLDER}/chinese.tsv") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                record = self.env.ref(f"crm_strategy.{row['id']}")
                texts = {code: row[code] for code in {"zh_CN", "zh_TW"} & installed}
                record.update_field_translations(row["field"], texts)
