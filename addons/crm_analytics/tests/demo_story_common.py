"""What all tests of the demo story share; they run only where it is loaded."""

from unittest import SkipTest

from odoo.tests import HttpCase

PEOPLE = (
    *("amara", "yusuf", "sofia", "tariq", "zhang"),
    *("lin", "wu", "chen", "marta", "david", "admin"),
)


class DemoStory:
    """The people of the story by their logins; mix in before a test class.

    Nothing of a test stays: each runs in a transaction of its own, the browser's
    requests too. Every test begins with the story as it was loaded.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # not ``loaded_demo_data``: the story is there without the host's own
        cls.zhang = cls.env.ref("crm_strategy.partner_zhang", raise_if_not_found=False)
        if not cls.zhang:
            raise SkipTest("The demo story is not loaded.")
        cls.company = cls.env.ref("base.main_company")
        cls.today = cls.env["crm.sale.fact"]._get_today(cls.company)

    def _get_user(self, login):
        return self.env["res.users"].search([("login", "=", login)])

    def _as(self, login, record):
        """Return ``record`` as the person ``login`` has it."""
        return record.with_user(self._get_user(login))


class DemoStoryBrowser(DemoStory, HttpCase):
    """Tours on the demo story, each person signing in in turn."""

    def _speak(self, lang):
        """Let all people of the story read ``lang``."""
        users = self.env["res.users"].search([("login", "in", PEOPLE)])
        self.assertEqual(len(users), len(PEOPLE))
        users.lang = lang

    def _tour(self, name, login, url="/odoo", **options):
        """Play the tour ``name`` as the person ``login``, from ``url`` on."""
        self.start_tour(url, name, login=login, **options)
        self.env.invalidate_all()
