import datetime
import time
import traceback

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .builders import create_one_of_each
from .common import SuiteCase

# Views that a model with a menu or action goes without, and why
VIEW_EXCEPTIONS = {}

PERSON_VIEWS = {"list", "form", "search"}
DATA_VIEWS = {"list", "kanban", "form", "activity", "calendar"}


@tagged("post_install", "-at_install")
class TestContractScreens(SuiteCase):
    """Each menu of ours leads every role that sees it to a screen that works."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls._create_role_users()
        cls.actions = cls._get_own_records("ir.actions.act_window")
        cls.menus = cls._get_own_records("ir.ui.menu")
        cls.view_types = {}
        for view in cls.env["ir.ui.view"].search([("model", "!=", False)]):
            cls.view_types.setdefault(view.model, set()).add(view.type)

    # ------------------------------------------------------------
    # DECLARATIONS
    # ------------------------------------------------------------

    def test_every_action_on_a_page_of_its_own_has_a_help_text(self):
        findings = [
            self._xmlid(action)
            for action in self.actions
            if action.target != "new"
            and set(action.view_mode.split(",")) != {"form"}
            and not (action.help and etree.HTML(action.help).xpath("string()").strip())
        ]
        self.assertNothing(findings, "Name the next step in the empty state (help):")

    def test_every_view_mode_of_an_action_exists(self):
        findings = [
            f"{self._xmlid(action)}: no {mode} view of {action.res_model}"
            for action in self.actions
            for mode in action.view_mode.split(",")
            if mode not in self.view_types.get(action.res_model, ())
            and mode != "activity"
        ]
        self.assertNothing(findings, "View modes without a view:")

    def test_every_model_with_a_screen_has_list_form_and_search(self):
        findings = []
        for name in {action.res_model for action in self.actions} & set(self.models):
            model = self.env[name]
            if model._transient:
                continue
            wanted = PERSON_VIEWS - set(VIEW_EXCEPTIONS.get(name, ()))
            if not model._auto or self._is_edited_in_the_list(name):
                wanted -= {"form"}
            missing = wanted - self.view_types.get(name, set())
            findings += [f"{name}: no {view_type} view" for view_type in missing]
        self.assertNothing(sorted(findings), "Missing views:")

    def _is_edited_in_the_list(self, name):
        views = self.env["ir.ui.view"].search(
            [("model", "=", name), ("type", "=", "list")]
        )
        return any(etree.fromstring(view.arch).get("editable") for view in views)

    def test_every_menu_has_a_reader(self):
        """Whoever has the groups of a menu may read the model behind it."""
        findings = []
        for menu in self.menus.filtered(
            lambda menu: menu.action and menu.action._name == "ir.actions.act_window"
        ):
            model = self.env[menu.action.res_model]
            for role, user in self.users.items():
                if self._has_groups_of(menu, user) and not model.with_user(
                    user
                ).has_access("read"):
                    findings.append(f"{self._xmlid(menu)}: {role} cannot read {model}")
        self.assertNothing(findings, "Menus whose groups and access rows differ:")

    def _has_groups_of(self, menu, user):
        if not user._is_internal():
            return False
        while menu:
            if menu.group_ids and not menu.group_ids & user.all_group_ids:
                return False
            menu = menu.parent_id
        return True

    def test_every_menu_is_seen_by_somebody(self):
        seen = set().union(*(self._get_visible(user) for user in self.users.values()))
        settings = self.env.ref("base.group_system")
        findings = [
            self._xmlid(menu)
            for menu in self.menus
            if menu.id not in seen and menu.group_ids != settings
        ]
        self.assertNothing(findings, "Menus that no role sees:")

    def _get_visible(self, user):
        if not user._is_internal():
            return set()
        ids = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        # what hangs below a hidden menu is hidden, whatever its own groups
        return {
            menu.id
            for menu in self.menus
            if set(map(int, menu.parent_path.strip("/").split("/"))) <= ids
        }

    # ------------------------------------------------------------
    # EVERY SCREEN, AS EVERY ROLE
    # ------------------------------------------------------------

    def _get_screens(self, user):
        """Return the window actions that the menus of ours show to ``user``."""
        visible = self._get_visible(user)
        menus = self.menus.filtered(lambda menu: menu.id in visible)
        return self.env["ir.actions.act_window"].browse(
            {
                menu.action.id
                for menu in menus
                if menu.action and menu.action._name == "ir.actions.act_window"
            }
        )

    def test_every_screen_opens_for_every_role_that_reaches_it(self):
        create_one_of_each(self)
        self.env.flush_all()
        findings = [
            f"{self._xmlid(action)} as {role}: {error}"
            for role, user in self.users.items()
            for action in self._get_screens(user)
            if (error := self._try_open(action, user))
        ]
        self.assertNothing(findings, "Screens that break:")

    def test_every_grid_opens_for_every_role_that_reaches_it(self):
        """A grid is a client action that names its model."""
        findings = []
        for role, user in self.users.items():
            visible = self._get_visible(user)
            menus = self.menus.filtered(lambda menu, ids=visible: menu.id in ids)
            for menu in menus:
                params = menu.action and "params" in menu.action and menu.action.params
                name = params and params.get("matrix_model")
                if not name:
                    continue
                if name not in self.env:
                    findings.append(f"{self._xmlid(menu)}: no model {name}")
                elif error := self._try_grid(self.env[name].with_user(user)):
                    findings.append(f"{self._xmlid(menu)} as {role}: {error}")
        self.assertNothing(findings, "Grids that break:")

    def _try_grid(self, grid):
        try:
            with self.env.cr.savepoint():
                grid.get_matrix()
        except Exception as error:  # noqa: BLE001 whatever the user would run into
            return f"{type(error).__name__} {error}"
        return None

    def _try_open(self, action, user):
        """Return what goes wrong when ``user`` opens ``action``, or None."""
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                self._open(action, user)
        except Exception as error:  # noqa: BLE001 whatever the user would run into
            frame = traceback.extract_tb(error.__traceback__)[-1]
            text = " ".join(str(error).split())[:300]
            return f"{type(error).__name__} {text} ({frame.filename}:{frame.lineno})"
        return None

    def _open(self, action, user):
        """Do what the web client does when ``user`` opens ``action``."""
        values = {"uid": user.id, "active_id": False, "active_ids": [], **self._words()}
        context = safe_eval(action.context or "{}", dict(values))
        model = self.env[action.res_model].with_user(user)
        model = model.with_context(**context, allowed_company_ids=user.company_ids.ids)
        domain = safe_eval(action.domain or "[]", {**values, "context": context})
        views = [[view_id, view_type] for view_id, view_type in action.views]
        views.append([action.search_view_id.id, "search"])
        result = model.get_views(views, {"action_id": action.id, "toolbar": True})
        for view_type, view in result["views"].items():
            arch = etree.fromstring(view["arch"])
            if view_type == "search":
                self._try_filters(model, arch, values)
            elif view_type in DATA_VIEWS:
                self._read(model, arch, domain, view_type)
            elif view_type in ("pivot", "graph"):
                self._group(model, arch, domain)

    def _words(self):
        """Return the words that the web client offers to domains."""
        today = fields.Date.today()
        return {
            "context_today": lambda: today,
            "current_date": str(today),
            "today": str(today),
            "now": str(fields.Datetime.now()),
            "datetime": safe_datetime,
            "relativedelta": relativedelta,
            "time": safe_time,
            "allowed_company_ids": self.env.companies.ids,
        }

    def _read(self, model, arch, domain, view_type):
        specification = self._get_specification(model, arch)
        if view_type == "form":
            model.search(domain, limit=1).web_read(specification)
            if model.has_access("create") and arch.get("create") not in ("0", "false"):
                model.onchange({}, [], specification)
            return
        order = arch.get("default_order")
        model.web_search_read(domain, specification, limit=80, order=order)
        if group := arch.get("default_group_by"):
            model.web_read_group(domain, group.split(","), ["__count"])

    def _group(self, model, arch, domain):
        by, aggregates = [], ["__count"]
        for node in arch.iterfind("./field"):
            name = node.get("name")
            if node.get("type") == "measure":
                field = model._fields[name]
                aggregator = node.get("operator") or field.aggregator or "sum"
                aggregates.append(f"{name}:{aggregator}")
            else:
                interval = node.get("interval")
                by.append(f"{name}:{interval}" if interval else name)
        model.formatted_read_grouping_sets(
            domain, [by[:size] for size in range(len(by) + 1)], aggregates
        )

    def _try_filters(self, model, arch, values):
        """Use every filter, grouping and search field of a search view once."""
        for node in arch.iter("filter"):
            if domain := node.get("domain"):
                model.search(safe_eval(domain, dict(values)), limit=1)
            context = safe_eval(node.get("context") or "{}", dict(values))
            if group := context.get("group_by"):
                groups = [group] if isinstance(group, str) else group
                if model._fields[groups[0].split(":")[0]].type == "properties":
                    continue  # the web client asks which one
                model.formatted_read_group([], groups, ["__count"])
        for node in arch.iter("field"):
            if node.get("filter_domain"):
                # what a person types; one letter must not break the search
                for text in ("x", "Wagner & Söhne", "+49 30 123456", "王"):
                    domain = safe_eval(
                        node.get("filter_domain"), {**values, "self": text}
                    )
                    model.search(domain, limit=1)


class _Namespace:
    """A few names, as safe_eval wants no modules."""

    def __init__(self, **names):
        self.__dict__.update(names)


safe_datetime = _Namespace(
    datetime=datetime.datetime,
    date=datetime.date,
    timedelta=datetime.timedelta,
    time=datetime.time,
)
safe_time = _Namespace(strftime=time.strftime)
