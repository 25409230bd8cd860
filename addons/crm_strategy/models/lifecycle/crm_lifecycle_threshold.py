from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.lifecycle import Rules

DEFAULTS = Rules()


class CrmLifecycleThresholdMixin(models.AbstractModel):
    """The thresholds that decide on the lifecycle state of a customer.

    The policy of a company holds those in force; a preview tries others.
    """

    _name = "crm.lifecycle.threshold.mixin"
    _description = "Thresholds of the Customer Lifecycle"

    interest_days = fields.Integer(
        "Interest Lasts (Days)",
        required=True,
        default=DEFAULTS.interest_days,
        help="Customers who never bought count as interested for this many days after "
        "their latest enquiry, lost opportunity or quotation. An open lead or "
        "opportunity counts as long as it is open.",
    )
    loyal_min_orders = fields.Integer(
        "At Least (Orders)",
        required=True,
        default=DEFAULTS.loyal_min_orders,
        help="Confirmed orders that a loyal customer has placed at least.",
    )
    loyal_min_tenure_days = fields.Integer(
        "Customer for at Least (Days)",
        required=True,
        default=DEFAULTS.loyal_min_tenure_days,
        help="Days since the first order of a loyal customer. 0: not asked.",
    )
    loyal_max_interval_days = fields.Integer(
        "Buys at Least Every (Days)",
        required=True,
        default=DEFAULTS.loyal_max_interval_days,
        help="Longest mean time from one day with an order to the next. 0: not asked.",
    )
    loyal_min_satisfaction = fields.Float(
        "Satisfaction of at Least",
        default=DEFAULTS.loyal_min_satisfaction,
        help="Lowest satisfaction score of a loyal customer; customers who were never "
        "asked are not loyal then. 0: not asked.",
    )
    lapse_days = fields.Integer(
        "Lapses after (Days)",
        required=True,
        default=DEFAULTS.lapse_days,
        help="A customer who has not ordered for longer than this has lapsed and is to "
        "be won back.",
    )
    lapse_factor = fields.Float(
        "Multiple of Own Rhythm",
        digits=(16, 2),
        default=DEFAULTS.lapse_factor,
        help="A customer's own limit: so many times the mean days between the "
        "customer's orders. 0: the fixed number of days holds for everyone.",
    )
    lapse_choice = fields.Selection(
        [
            ("later", "Whichever is later"),
            ("earlier", "Whichever is earlier"),
        ],
        "Fixed Days or Own Rhythm",
        required=True,
        default=DEFAULTS.lapse_choice,
        help="Later: nobody lapses before the fixed days are over, and those who buy "
        "rarely have more time. Earlier: those who used to buy often are missed "
        "sooner.",
    )

    _interest_range = models.Constraint(
        "CHECK (interest_days BETWEEN 1 AND 36500)",
        "The days of interest must be between 1 and 36500.",
    )
    _loyal_orders_range = models.Constraint(
        "CHECK (loyal_min_orders BETWEEN 2 AND 10000)",
        "A loyal customer has at least 2 orders: one order is a first purchase.",
    )
    _loyal_days_range = models.Constraint(
        "CHECK (loyal_min_tenure_days BETWEEN 0 AND 36500"
        " AND loyal_max_interval_days BETWEEN 0 AND 36500)",
        "The days asked of a loyal customer lie between 0 (not asked) and 36500.",
    )
    _lapse_range = models.Constraint(
        "CHECK (lapse_days BETWEEN 1 AND 36500 AND lapse_factor BETWEEN 0 AND 100)",
        "The days after which a customer lapses must be between 1 and 36500, the "
        "multiple of its own rhythm between 0 (not asked) and 100.",
    )
    _satisfaction_range = models.Constraint(
        "CHECK (loyal_min_satisfaction BETWEEN 0 AND 100)",
        "Satisfaction must be between 0 (not asked) and 100.",
    )

    @api.constrains("loyal_max_interval_days", "lapse_days", "lapse_factor")
    def _check_thresholds(self):
        """Refuse what would make the rules contradict each other."""
        for record in self:
            if 0 < record.lapse_factor < 1:
                raise ValidationError(
                    self.env._(
                        "With less than 1 times its own rhythm a customer would lapse "
                        "before the next order is due. Take 0 or at least 1."
                    )
                )
            fixed_only = not record.lapse_factor or record.lapse_choice == "earlier"
            if fixed_only and record.loyal_max_interval_days > record.lapse_days:
                raise ValidationError(
                    self.env._(
                        "Someone may buy every %(interval)s days and be loyal, yet "
                        "lapse after %(lapse)s days. Let customers lapse later, or "
                        "ask loyal ones to buy more often.",
                        interval=record.loyal_max_interval_days,
                        lapse=record.lapse_days,
                    )
                )

    def _get_threshold_vals(self):
        """Return the thresholds as values to write."""
        self.ensure_one()
        return {name: self[name] for name in Rules._fields}

    def _get_rules(self):
        """Return the thresholds in force as :class:`Rules`.

        Satisfaction is not asked while nobody measures it.
        """
        rules = Rules(**self._get_threshold_vals())
        if self.env["crm.lifecycle.engine"]._satisfaction_sql(self.env.company) is None:
            rules = rules._replace(loyal_min_satisfaction=0.0)
        return rules
