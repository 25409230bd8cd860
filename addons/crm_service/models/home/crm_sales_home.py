from datetime import datetime, time, timedelta
from typing import NamedTuple

from pytz import utc

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# Rows of each section; the others are one click away
LIMIT = 8


class HomeScope(NamedTuple):
    """Whose day is shown, and when it begins and ends (UTC)."""

    key: str
    people: tuple
    today: object
    begin: datetime
    end: datetime


class CrmSalesHome(models.AbstractModel):
    """My Day: what a salesperson has to do and to know today, on one screen.

    Everything is read with the rights of the reader. Leaders choose one of their
    people or all of them; whoever sees all documents, anybody of the sales teams.
    Each section is read by a fixed number of queries, whatever there is to show.

    A section is a dictionary for the screen; other rooms add theirs by overriding
    :meth:`_get_sections`:

    =========  =================================================================
    key        meaning
    =========  =================================================================
    count      how many there are, as on the tile; ``tone`` colours it if not zero
    amount     optional, in the currency of the company
    tile       optional: the label of the tile where that counts something else
    rows       the first of them: ``key, title, note, tone``; if known ``date``
               (day or UTC moment), ``icon``, ``badge``, ``amount``, ``share`` (0 to
               1), ``phone``, and ``model`` and ``id`` of what a click opens
    empty      what it says when there is nothing
    =========  =================================================================
    """

    _name = "crm.sales.home"
    _description = "My Day"

    # --- THE PAGE

    @api.model
    @api.readonly
    def get_home(self, who="me"):
        """Return the day of ``who``: ``me``, ``team`` or ``user,7``."""
        self._check_is_user()
        self.env["crm.screen.read.mixin"]._prepare_planner()
        choices = self._get_choices()
        scope = self._get_scope(who, choices)
        company = self.env.company
        return {
            "who": scope.key,
            "today": fields.Date.to_string(scope.today),
            "choices": [
                {"key": key, "label": label}
                for key, (label, _people) in choices.items()
            ],
            "currency_id": company.currency_id.id,
            "limit": LIMIT,
            "sections": [
                {
                    "key": section["key"],
                    "label": section["label"],
                    "icon": section["icon"],
                    **getattr(self, section["method"])(scope),
                }
                for section in self._get_ordered_sections()
            ],
        }

    @api.model
    def _check_is_user(self):
        if not self.env.user.has_group("crm_strategy.group_user"):
            raise AccessError(
                self.env._(
                    "“My Day” is for salespeople. Ask an administrator for the "
                    "CRM Strategy right “User”."
                )
            )

    @api.model
    def _get_ordered_sections(self):
        return sorted(self._get_sections(), key=lambda section: section["sequence"])

    @api.model
    def _get_sections(self):
        """Return the sections: ``key, label, icon, sequence, method``."""
        return []

    # --- WHOSE DAY

    @api.model
    def _get_choices(self):
        """Return ``{key: (label, ids of people)}``, the reader himself first."""
        user = self.env.user
        everyone = user.crm_tree_user_ids
        if self.env["res.partner"]._get_own_care_domain().is_true():
            members = self.env["crm.team.member"].sudo()  # style: CRM109 colleagues
            everyone |= members.search(
                [("crm_team_id.company_id", "in", [False, *self.env.companies.ids])]
            ).user_id
        choices = {"me": (self.env._("My Day"), user.ids)}
        others = (everyone - user).sudo().filtered("active")  # style: CRM109 names
        if others:
            choices["team"] = (self.env._("All My People"), everyone.ids)
            for person in others.sorted("name"):
                choices[f"user,{person.id}"] = (person.name, person.ids)
        return choices

    @api.model
    def _get_scope(self, who, choices):
        """Return the :class:`HomeScope` of ``who``, whom the reader must be above."""
        if who not in choices:
            raise AccessError(
                self.env._(
                    "You can only see your own day and the days of the people in your "
                    "teams. Choose one of them."
                )
            )
        today = fields.Date.context_today(self)
        begin, end = self._get_utc_day(today)
        return HomeScope(who, tuple(choices[who][1]), today, begin, end)

    @api.model
    def _get_utc_day(self, day):
        """Return when ``day`` begins and ends by the clock of the reader, in UTC."""
        midnights = (
            self.env.tz.localize(datetime.combine(date, time.min))
            for date in (day, day + timedelta(days=1))
        )
        return tuple(
            moment.astimezone(utc).replace(tzinfo=None) for moment in midnights
        )

    # --- DRILL-DOWN

    @api.model
    def open_section(self, who, key, row_key=False):
        """Return the action that lists what a section, or one of its rows, is about."""
        self._check_is_user()
        scope = self._get_scope(who, self._get_choices())
        methods = {found["key"]: found["method"] for found in self._get_sections()}
        if key not in methods:
            raise UserError(
                self.env._("There is nothing to open here. Reload the page.")
            )
        return getattr(self, methods[key] + "_action")(scope, row_key)

    @api.model
    def _open(self, xmlid, domain, name, **context):
        """Return the action ``xmlid`` on exactly the records of ``domain``."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xmlid),
            "name": name,
            "domain": list(Domain(domain)),
            "context": context,
        }
