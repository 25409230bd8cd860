from odoo import api, models

from .crm_demo_complaint import QUIET

#: Calls that care rules asked for: customer, rule, days ago, outcome, what was said.
CALLS = (
    ("jiangnan_extrusion", "birthday", 75, "informed", "Was pleased. 表示感谢。"),
    ("qingshui_water", "birthday", 52, "informed", "On holiday; thanked by e-mail."),
    ("lotus_water", "silence", 64, "order", "Had forgotten us; orders one lorry."),
    ("kiwi_cookware", "silence", 58, "interested", "Buys again this month. 本月下单。"),
    ("yuxi_ceramics", "silence", 44, "missed", "Nobody answered."),
    ("desert_glass", "silence", 37, "later", "Furnace is rebuilt until spring."),
)


class CrmDemoStory(models.AbstractModel):
    """What became of the calls of care rules in the past months."""

    _inherit = "crm.demo.story"

    @api.model
    def _tell_care_results(self):
        company = self.env.ref("base.main_company")
        for number, (name, rule, days, outcome, findings) in enumerate(CALLS, 1):
            rule = self.env.ref(f"crm_service.crm_care_rule_{rule}")
            row = dict.fromkeys(
                ("user", "contact", "direction", "lead", "cost", "next"), ""
            )
            row |= {"key": f"care_{number}", "day": -days, "hour": 10, "kind": "call"}
            row |= {"customer": name, "subject": rule.name, "state": "done"}
            row |= {"outcome": outcome, "findings": findings}
            partner = self.env.ref(f"crm_strategy.partner_{name}")
            if not partner.user_id:
                row["user"] = "lin"
            self.with_company(company)._load_sales_activity(row)
            touch = self.env.ref(f"crm_service.crm_sales_activity_care_{number}")
            touch = touch.with_context(**QUIET, tracking_disable=True)
            touch.write({"care_rule_id": rule.id, "source": "care"})
