from odoo import api, models
from odoo.tools import SQL


class CrmRulePreviewTopic(models.AbstractModel):
    """Rules whose change can be looked at before: ``crm.rule.preview.<topic>``.

    A topic gives ``_rules``, ``_get_rules``, ``_get_figures`` and ``_figures_sql``; its
    code is an entry of the selection ``topic`` of ``crm.rule.preview``.
    """

    _name = "crm.rule.preview.topic"
    _description = "Topic of a Preview"

    #: the model whose right to write is asked for
    _rules = None
    #: customers named of those who move most, each way
    _named = 10

    @api.model
    def _get_rules(self, records):
        """Return pairs of record and name of a number field that can be changed."""
        raise NotImplementedError

    @api.model
    def _get_label(self, record, name):
        """Return what the number is called."""
        return record._fields[name]._description_string(self.env)

    @api.model
    def _change(self, changes):
        """Change the rules.

        :param changes: ``{record: {field: number}}``
        """
        for record, vals in changes.items():
            record.write(vals)

    @api.model
    def _prepare(self, company):
        """Hook: keep what the rules say now, before they are changed."""

    @api.model
    def _get_amounts(self):
        """Return pairs ``(column, label)`` of amounts whose sums change."""
        return []

    @api.model
    def _get_figures(self):
        """Return what changes with the rules, see :meth:`crm.preview.mixin`."""
        raise NotImplementedError

    @api.model
    def _figures_sql(self, company) -> SQL:
        """Return the figures by the rules written, see :meth:`crm.preview.mixin`."""
        raise NotImplementedError

    @api.model
    def _get_window(self, company):
        """Return the window of the last refresh: what is compared is of one day."""
        policy = self.env["crm.rfm.policy"]._ensure(company)
        as_of = policy.part_as_of or self.env["crm.sale.fact"]._get_today(company)
        return self.env["crm.scorecard.part.engine"]._get_window(company, as_of)

    @api.model
    def _pairs_sql(self, figures, before, after) -> SQL:
        """Return ``before.x AS before_x, after.x AS after_x`` of each figure."""
        return SQL(", ").join(
            SQL(
                "%s AS %s",
                SQL.identifier(alias, figure.column),
                SQL.identifier(f"{when}_{figure.column}"),
            )
            for figure in figures
            for when, alias in (("before", before), ("after", after))
        )
