from odoo import api, fields, models
from odoo.fields import Command

from ..tools.lifecycle import STATES


class CrmLifecyclePreview(models.TransientModel):
    """How many customers would be in each state, with thresholds tried out here."""

    _name = "crm.lifecycle.preview"
    _description = "Preview of the Lifecycle"
    _inherit = ["crm.lifecycle.threshold.mixin"]

    policy_id = fields.Many2one(
        "crm.lifecycle.policy", required=True, readonly=True, ondelete="cascade"
    )
    line_ids = fields.One2many(
        "crm.lifecycle.preview.line", "preview_id", readonly=True
    )
    moving_count = fields.Integer("Customers Who Would Move", readonly=True)

    def _get_rules(self):
        company = self.policy_id.company_id
        return super(CrmLifecyclePreview, self.with_company(company))._get_rules()

    def action_count(self):
        """Count with the thresholds as they stand, and show the result."""
        self.ensure_one()
        self.check_access("write")
        figures = self._count()
        self.write(
            {
                "moving_count": sum(f["entering"] for f in figures.values()),
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "state": state,
                                "now_count": figures[state]["now"],
                                "then_count": figures[state]["then"],
                                "entering_count": figures[state]["entering"],
                                "leaving_count": figures[state]["leaving"],
                            }
                        )
                        for state in STATES
                    ),
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What These Thresholds Would Change"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _count(self):
        """Return ``{state: {now, then, entering, leaving}}``; change nothing.

        The figures are those of the whole company, as a refresh would be.
        """
        engine = self.env["crm.lifecycle.engine"]
        engine = engine.sudo()  # style: CRM109 numbers per state, of all customers
        rows = engine._count_by_state(
            self.policy_id.sudo(),  # style: CRM109 its company only
            self._get_rules(),
        )
        figures = {
            state: dict.fromkeys(("now", "then", "entering", "leaving"), 0)
            for state in STATES
        }
        for old, new, count in rows:
            if old:
                figures[old]["now"] += count
                figures[old]["leaving"] += count if old != new else 0
            if new:
                figures[new]["then"] += count
                figures[new]["entering"] += count if old != new else 0
        return figures

    def action_apply(self):
        """Take these thresholds over and move the customers."""
        self.ensure_one()
        self.policy_id.write(self._get_threshold_vals())
        return self.policy_id.action_refresh()


class CrmLifecyclePreviewLine(models.TransientModel):
    """One state of a preview."""

    _name = "crm.lifecycle.preview.line"
    _description = "Line of a Lifecycle Preview"

    preview_id = fields.Many2one(
        "crm.lifecycle.preview", required=True, ondelete="cascade", index=True
    )
    state = fields.Selection("_selection_state", required=True, readonly=True)
    now_count = fields.Integer("Now", readonly=True)
    then_count = fields.Integer("Would Be", readonly=True)
    entering_count = fields.Integer("Would Come", readonly=True)
    leaving_count = fields.Integer("Would Leave", readonly=True)

    @api.model
    def _selection_state(self):
        return self.env["crm.lifecycle.transition"]._selection_state()
