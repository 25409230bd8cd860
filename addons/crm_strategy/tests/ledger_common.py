from unittest.mock import patch

from odoo.addons.account.models.chart_template import AccountChartTemplate
from odoo.addons.account.tests.common import AccountTestInvoicingCommon

#: {(database, all of them): what charts of accounts there are}
CHARTS = {}


class LedgerCommon(AccountTestInvoicingCommon):
    """The host's set-up of accounting, without what takes long and no test looks at.

    Which charts of accounts there are is found out once, not for every company of
    every class, and the names of the accounts are not translated.
    """

    @classmethod
    def setUpClass(cls):
        find = AccountChartTemplate._get_chart_template_mapping

        def find_once(self, get_all=False):
            key = (self.env.cr.dbname, get_all)
            if key not in CHARTS:
                CHARTS[key] = find(self, get_all)
            return CHARTS[key]

        for name, method in {
            "_get_chart_template_mapping": find_once,
            "_load_translations": lambda *args, **kwargs: None,
        }.items():
            cls.startClassPatcher(patch.object(AccountChartTemplate, name, method))
        super().setUpClass()
