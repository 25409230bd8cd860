from odoo import api, fields, models


class CrmScorecardRun(models.Model):
    """The 7 P of a run: what was done for each, and how far it is."""

    _inherit = "crm.scorecard.run"
    _progress = "crm-scorecard"

    part_ids = fields.One2many("crm.scorecard.run.part", "run_id", readonly=True)
    part_changed_count = fields.Integer(
        "7 P rows written", readonly=True, help="Rows of all parts and of the scores."
    )
    progress = fields.Float(
        "Progress (%)", digits=(5, 0), compute="_compute_progress", aggregator=None
    )

    @api.depends("state")
    def _compute_progress(self):
        running = self.filtered(lambda run: run.state == "running")
        shares = self._get_progress() if running else {}
        for run in self:
            share = 0.0 if run.state != "done" else 100.0
            run.progress = shares.get(run.company_id.id, share)

    def _work(self, task):
        """Do the 7 P after ``task``, in the same transaction."""
        policy = self.env["crm.rfm.policy"]._ensure(self.company_id)
        since = policy.watermark
        engine = self.env["crm.scorecard.part.engine"].sudo()  # style: CRM109 as core

        def work(core, policy):
            self._tell_progress(policy.company_id, "core")
            counts = task(core, policy)
            if self.mode == "month_end":
                engine._snapshot(policy, self, counts["as_of"])
                return counts
            self.part_changed_count = engine._refresh(policy, self, counts, since)
            return counts

        return super()._work(work)

    def _add_part(self, part, counts, duration):
        """Keep what was done for one part."""
        names = ("customers", "inserted", "updated", "deleted", "corrected")
        values = {
            f"{name.removesuffix('s')}_count": counts.get(name, 0) for name in names
        }
        self.env["crm.scorecard.run.part"].sudo().create(  # style: CRM109 a record
            {"run_id": self.id, "part": part, "duration": duration, **values}
        )

    def _note_proposed(self, factors):
        """Keep of which factors this run proposed the bounds: the rules are new."""
        if factors:
            proposed = [[factor.part, factor.code] for factor in factors]
            self.parameters = {**(self.parameters or {}), "proposed": proposed}

    def _drop_idle(self):
        """Keep a run that found changes of the 7 P only."""
        idle = self.filtered(lambda run: not run.part_changed_count)
        return super(CrmScorecardRun, idle)._drop_idle()

    # --- PROGRESS

    @api.model
    def _get_steps(self):
        return self.env["crm.scorecard.run.part"]._get_steps()
