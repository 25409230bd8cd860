import logging

from psycopg2 import OperationalError

from odoo import fields, models

_logger = logging.getLogger(__name__)


class CrmContactRuleMixin(models.AbstractModel):
    """A rule of a company that finds customers to be contacted, again and again.

    A rule gives ``_plan_rule``. One that fails says why and leaves the others their
    turn.
    """

    _name = "crm.contact.rule.mixin"
    _description = "Rule of Contacts"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )

    # State of the planning
    planned_at = fields.Datetime("Last Planned On", readonly=True, copy=False)
    error = fields.Text("Failure", readonly=True, copy=False)

    def _plan(self, limit=None):
        """Find the customers of these rules; a rule that fails says why.

        :param limit: most contacts of a rule, if it has a limit; all if None
        :return: whether a rule has more to plan
        """
        has_more = False
        for rule in self.sudo():  # style: CRM109 customers of the whole company
            now = fields.Datetime.now()
            try:
                with self.env.cr.savepoint():
                    has_more |= bool(rule._plan_rule(limit))
            except OperationalError:
                raise  # the database asks to try the whole again
            except Exception as error:  # the other rules get their turn
                _logger.warning("%s %s failed", self._description, rule.id, exc_info=1)
                rule.write(
                    {"error": str(error) or type(error).__name__, "planned_at": now}
                )
                continue
            if rule.error:
                rule.error = False
            rule.planned_at = now
        return has_more

    def _plan_rule(self, limit=None):
        """Plan the contacts of one rule; return whether it has more to plan."""
        raise NotImplementedError
