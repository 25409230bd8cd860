from odoo import api, models
from odoo.tools import SQL

# Key of what the transaction knows: that it is said already
PREPARED = "crm_screen_read"


class CrmScreenReadMixin(models.AbstractModel):
    """Lists and pivots that join or read many rows: read without compilation.

    The database compiles what it takes for a long statement; a screen of 80 rows is
    done before that has begun.
    """

    _name = "crm.screen.read.mixin"
    _description = "Screen Query Settings"

    @api.model
    def _prepare_planner(self):
        """Spare the database what takes longer than it saves in one short query.

        Said once in a transaction: after a rollback to a savepoint it may hold no more,
        which costs time and nothing else.
        """
        if self.env.cr.cache.get(PREPARED):
            return
        self.env.cr.cache[PREPARED] = True
        self.env.cr.execute(
            SQL(
                """SELECT set_config('work_mem', '64MB', true),
                          set_config('jit', 'off', true)"""
            )
        )

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        self._prepare_planner()
        return super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access,
        )
