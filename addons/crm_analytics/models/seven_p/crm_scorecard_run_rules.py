from odoo import models
from odoo.tools.misc import format_date


class CrmScorecardRun(models.Model):
    """The rules of the 7 P by which a run scored, in words."""

    _inherit = "crm.scorecard.run"

    def _get_parameter_lines(self, parameters):
        return [
            *super()._get_parameter_lines(parameters),
            *self._get_part_lines(parameters),
            *self._get_factor_lines(parameters),
            *self._get_bound_lines(parameters),
            *self._get_churn_lines(parameters),
            *self._get_lifetime_lines(parameters),
            *self._get_price_lines(parameters),
        ]

    def _get_money_text(self, amount):
        return self.company_id.currency_id.format(amount)

    def _get_part_lines(self, parameters):
        """Return the line of the weights of the parts."""
        parts = dict(self.env["crm.scorecard.part"]._selection_part())
        weights = parameters.get("weights")
        if weights:
            texts = [
                f"{parts[part]} {self._get_number_text(weight)}"
                for part, weight in weights.items()
                if part in parts
            ]
            yield self.env._("Weights of the 7 P"), ", ".join(texts)

    # --- FACTORS

    def _get_factor_lines(self, parameters):
        """Return one line per factor, and one of those that the run proposed."""
        factors = self._get_factors()
        parts = dict(self.env["crm.scorecard.part"]._selection_part())

        def name(part, code):
            factor = factors.get((part, code))
            return f"{parts.get(part, part)}, {factor.name if factor else code}"

        proposed = parameters.get("proposed")
        if proposed:
            yield (
                self.env._("Values proposed by this run"),
                "; ".join(name(part, code) for part, code in proposed),
            )
        for part, code, weight, zero, full in parameters.get("factors", ()):
            factor = factors.get((part, code))
            yield (
                name(part, code),
                self.env._(
                    "weight %(weight)s, 0 points at %(zero)s, 100 points at %(full)s",
                    weight=self._get_number_text(weight),
                    zero=self._get_figure_text(factor, zero),
                    full=self._get_figure_text(factor, full),
                ),
            )

    def _get_factors(self):
        """Return ``{(part, code): factor}`` of the company, the archived ones too."""
        system = self.env["crm.scorecard.factor"].sudo()  # style: CRM109 their names
        own = system.with_context(active_test=False).search(
            [("company_id", "=", self.company_id.id)]
        )
        return {(factor.part, factor.code): factor for factor in own}

    def _get_figure_text(self, factor, value):
        """Return a value of a factor with its unit; an amount with its currency."""
        field = factor and factor._get_field()
        if field and field.type == "monetary":
            return self._get_money_text(value)
        return self._get_number_text(value, factor and factor.unit)

    # --- BOUNDS OF THE COMPANY

    def _get_bound_lines(self, parameters):
        """Return the lines of classes and of what similar customers buy."""
        if parameters.get("classes"):
            percent_a, percent_b = map(self._get_number_text, parameters["classes"])
            yield (
                self.env._("ABC classes"),
                self.env._(
                    "A up to %(percent_a)s %%, B up to %(percent_b)s %% of the revenue",
                    percent_a=percent_a,
                    percent_b=percent_b,
                ),
            )
        if parameters.get("profit"):
            total, bound_a, bound_b = map(self._get_money_text, parameters["profit"])
            yield self.env._("Contribution of all customers"), total
            yield (
                self.env._("Revenue thresholds of the classes"),
                self.env._(
                    "A: %(bound_a)s, B: %(bound_b)s", bound_a=bound_a, bound_b=bound_b
                ),
            )
        if parameters.get("buying"):
            day = format_date(self.env, parameters["buying"])
            yield self.env._("What similar customers buy"), self._get_as_of_text(day)

    def _get_as_of_text(self, day):
        return self.env._("as of %(day)s", day=day)

    # --- CHURN, LIFETIME, PRICES

    def _get_churn_lines(self, parameters):
        signs = self._get_labels("crm.churn.factor", "code")
        units = self.env["crm.churn.factor"]._get_units()
        for sign in parameters.get("churn_signs", ()):
            code = sign["code"]
            label = self.env._("Churn sign %(sign)s", sign=signs.get(code, code))
            yield label, self._get_sign_text(sign, units.get(code))
        if parameters.get("typical_interval"):
            days = self._get_number_text(parameters["typical_interval"])
            yield self.env._("Typical interval"), self.env._("%(days)s days", days=days)

    def _get_lifetime_lines(self, parameters):
        """Return the lines of the lifetime model and of the potential."""
        if parameters.get("lifetime_model"):
            system = self.env["crm.lifetime.model"].sudo()  # style: CRM109 its name
            model = system.browse(parameters["lifetime_model"]).exists()
            name = model.display_name or self.env._("deleted since")
            yield self.env._("Lifetime model"), name
        if parameters.get("lifetime"):
            years, rate = map(self._get_number_text, parameters["lifetime"])
            yield (
                self.env._("Lifetime value"),
                self.env._(
                    "%(years)s years ahead, discount %(rate)s %% per year",
                    years=years,
                    rate=rate,
                ),
            )
        if parameters.get("potential"):
            day, amount = parameters["potential"]
            texts = (
                self._get_money_text(amount),
                self._get_as_of_text(format_date(self.env, day)),
            )
            yield self.env._("A strong customer buys"), ", ".join(texts)

    def _get_price_lines(self, parameters):
        """Return the line of the prices by which demand is turned into money."""
        prices = {
            tuple(map(int, key.split(":"))): price
            for key, price in (parameters.get("supply_prices") or {}).items()
            if price is not None
        }
        system = self.sudo().env  # style: CRM109 names of what was priced
        categories = system["product.category"].browse({key[0] for key in prices})
        units = system["uom.uom"].browse({key[1] for key in prices})
        names = {c.id: c.display_name for c in categories.exists()}
        unit_names = {unit.id: unit.name for unit in units.exists()}
        texts = [
            self.env._(
                "%(category)s %(price)s per %(unit)s",
                category=names.get(category_id, category_id),
                price=self._get_money_text(price),
                unit=unit_names.get(unit_id, unit_id),
            )
            for (category_id, unit_id), price in sorted(prices.items())
        ]
        if texts:
            yield self.env._("Prices used for demand"), "; ".join(texts)
