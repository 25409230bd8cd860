from odoo import fields, models
from odoo.tools import SQL

#: Room for the checklist items behind each stay's number
ITEMS_PER_STAY = 65536


class CrmLifecycleTodo(models.Model):
    """The checklist of every customer's present state: what is done, open, overdue.

    A row is a present stay and an item of its state. Nothing is stored for what is
    still open, so a new item applies at once to everyone in its state.
    """

    _name = "crm.lifecycle.todo"
    _description = "Lifecycle Checklist"
    _auto = False
    _order = "date_due, sequence, id"
    _rec_name = "item_id"
    _depends = {
        "crm.lifecycle.transition": [
            "partner_id",
            "company_id",
            "state",
            "date_start",
            "date_end",
        ],
        "crm.lifecycle.checklist.item": [
            "state",
            "active",
            "company_id",
            "sequence",
            "responsible",
            "user_id",
            "days_due",
        ],
        "crm.lifecycle.check": ["transition_id", "item_id", "state", "date", "user_id"],
        "res.partner": ["user_id"],
        "crm.team": ["user_id"],
        "res.users": ["sale_team_id"],
    }

    transition_id = fields.Many2one("crm.lifecycle.transition", readonly=True)
    item_id = fields.Many2one(
        "crm.lifecycle.checklist.item", "What to Do", readonly=True
    )
    description = fields.Text(related="item_id.description", string="How")
    sequence = fields.Integer(readonly=True, aggregator=None)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    lifecycle_state = fields.Selection(
        selection=lambda self: self.env["crm.lifecycle.transition"]._selection_state(),
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    date_start = fields.Datetime("In the State Since", readonly=True)
    date_due = fields.Date("Due", readonly=True)
    check_id = fields.Many2one("crm.lifecycle.check", readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("overdue", "Overdue"),
            ("done", "Done"),
            ("skipped", "Left out"),
        ],
        "Status",
        readonly=True,
    )
    date_done = fields.Datetime("Done On", readonly=True)
    done_user_id = fields.Many2one("res.users", "Done by", readonly=True)

    # --- QUERY

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT t.id::bigint * %(room)s + i.id AS id,
                      t.id AS transition_id, i.id AS item_id, i.sequence,
                      t.partner_id, t.company_id, t.state AS lifecycle_state,
                      t.date_start, %(user)s AS user_id, %(due)s AS date_due,
                      c.id AS check_id, c.date AS date_done, c.user_id AS done_user_id,
                      COALESCE(c.state, CASE WHEN %(due)s < %(today)s THEN 'overdue'
                                             ELSE 'open' END) AS state
                 FROM crm_lifecycle_transition t
                 JOIN crm_lifecycle_checklist_item i
                   ON i.state = t.state AND i.active
                  AND (i.company_id IS NULL OR i.company_id = t.company_id)
                 JOIN res_partner p ON p.id = t.partner_id
            LEFT JOIN res_users u ON u.id = p.user_id
            LEFT JOIN crm_team team ON team.id = u.sale_team_id
            LEFT JOIN crm_lifecycle_check c
                   ON c.transition_id = t.id AND c.item_id = i.id
                WHERE t.date_end IS NULL""",
            room=ITEMS_PER_STAY,
            user=SQL(
                """CASE i.responsible WHEN 'person' THEN i.user_id
                        WHEN 'team_leader' THEN COALESCE(team.user_id, p.user_id)
                        ELSE p.user_id END"""
            ),
            due=self._due_sql(),
            today=fields.Date.context_today(self),
        )

    def _due_sql(self) -> SQL:
        """Return the day on which an item is due.

        Whoever was placed afterwards has the days from the day on which it became
        known: nobody can be late for what nobody was told.
        """
        return SQL(
            """((CASE WHEN t.method = 'reconstructed' THEN t.create_date
                      ELSE t.date_start END)::date + i.days_due)"""
        )

    # --- ACTIONS

    def action_done(self):
        """Tick these off."""
        return self._check_off("done")

    def action_skip(self):
        """Leave these out on purpose."""
        return self._check_off("skipped")

    def action_undo(self):
        """Open these again."""
        self.check_id._undo()
        return self._reload()

    def _check_off(self, state):
        self.env["crm.lifecycle.check"].create(
            [
                {
                    "transition_id": todo.transition_id.id,
                    "item_id": todo.item_id.id,
                    "state": state,
                }
                for todo in self
                if not todo.check_id
            ]
        )
        return self._reload()

    def _reload(self):
        self.invalidate_model()
        self.env["res.partner"].invalidate_model(["lifecycle_todo_ids"], flush=False)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [[False, "form"]],
        }
