"""What is measured of the screens: the calls that the web client makes."""

import statistics

from lxml import etree

LIMIT, COUNT_LIMIT = 80, 10_001  # of the web client


def specification(env, model_name, view_id, view_type="list"):
    """The fields that the client's view asks for, with the lists within a form."""
    view = env[model_name].get_views([(view_id, view_type)])["views"][view_type]
    return _specification_of(env, model_name, etree.fromstring(view["arch"]))


def _specification_of(env, model_name, arch):
    model, found = env[model_name], {}
    for node in arch.iter("field"):
        if next(node.iterancestors("field"), None) is not None:
            continue  # of a list within
        field = model._fields[node.get("name")]
        found[field.name] = _field_specification(env, field)
        if field.type in ("one2many", "many2many") and len(node):
            inner = next((child for child in node if child.tag == "list"), node[0])
            inner = etree.fromstring(etree.tostring(inner))
            fields = _specification_of(env, field.comodel_name, inner)
            found[field.name] = {"fields": fields, "limit": 40}
    return found


def _field_specification(env, field):
    """Of records the names, of tags also their colours."""
    if not field.relational:
        return {}
    names = ["display_name"]
    if field.type == "many2many" and "color" in env[field.comodel_name]._fields:
        names.append("color")
    return {"fields": {name: {} for name in names}}


class Screens:
    """The screens of one user; every method returns seconds of server time."""

    def __init__(self, session, login):
        self.session, self.login = session, login

    def _median(self, work):
        """The first opening fills the caches that a running server has."""
        times = [self.session.time(work, login=self.login)[0] for _turn in range(4)]
        return statistics.median(times[1:])

    def _list(self, action_name, view_name):
        def work(env):
            action = env["ir.actions.act_window"]._for_xml_id(action_name)
            model_name = action["res_model"]
            view_id = env["ir.model.data"]._xmlid_to_res_id(view_name)
            domain = []
            if model_name == "res.partner":
                domain = [("is_crm_customer", "=", True)]
            return env[model_name].web_search_read(
                domain,
                specification(env, model_name, view_id),
                limit=LIMIT,
                count_limit=COUNT_LIMIT,
            )

        return self._median(work)

    def _pivot(self, model_name, rows, find_domain=lambda env: []):
        sets = [rows[:place] for place in range(len(rows) + 1)]
        measures = ["revenue:sum", "margin:sum", "order_count:sum"]
        currencies = ["revenue:sum_currency", "margin:sum_currency"]
        currencies += ["currency_id:array_agg_distinct"]

        def work(env):
            model = env[model_name]
            known = [name for name in currencies if self._is_known(model, name)]
            return model.formatted_read_grouping_sets(
                find_domain(env), sets, [*measures, *known, "__count"]
            )

        return self._median(work)

    @staticmethod
    def _is_known(model, aggregate):
        """Whether the client asks for it: a currency that is stored."""
        name = aggregate.split(":")[0]
        if aggregate.endswith("sum_currency"):
            name = model._fields[name].get_currency_field(model)
        return model._fields[name]._description_groupable(model.env)

    def _grid(self, model_name, find_values=lambda env: {}):
        return self._median(lambda env: env[model_name].get_matrix(find_values(env)))

    def scorecard_list(self):
        return self._list(
            "crm_analytics.crm_customer_scorecard_action",
            "crm_analytics.crm_customer_scorecard_view_list",
        )

    def customer_list(self):
        return self._list(
            "crm_strategy.res_partner_action_customer",
            "crm_strategy.res_partner_view_list_customer",
        )

    def lifecycle_list(self):
        return self._list(
            "crm_strategy.crm_lifecycle_transition_action",
            "crm_strategy.crm_lifecycle_transition_view_list",
        )

    def lifecycle_pivot(self):
        """The stays by state and month, as the pivot's view has it."""
        sets = [[], ["state"], ["date_start:month"], ["state", "date_start:month"]]

        def work(env):
            stays = env["crm.lifecycle.transition"]
            return stays.formatted_read_grouping_sets([], sets, ["__count"])

        return self._median(work)

    def customers_by_state(self):
        """The customers' cards in columns by lifecycle state: number of each."""

        def work(env):
            return env["res.partner"].formatted_read_group(
                [("is_crm_customer", "=", True)], ["lifecycle_state"], ["__count"]
            )

        return self._median(work)

    def segment_pivot(self):
        """As its menu opens it: filtered by one scheme."""

        def find_domain(env):
            context = env["crm.segment.scorecard.report"]._open_figures()["context"]
            scheme = context["search_default_segmentation_id"]
            return [("segmentation_id", "=", scheme)]

        return self._pivot("crm.segment.scorecard.report", ["segment_id"], find_domain)

    def schemes_pivot(self):
        """Without a filter: each customer once per scheme, and per free segment."""
        return self._pivot(
            "crm.segment.scorecard.report", ["segmentation_id", "segment_id"]
        )

    def rfm_pivot(self):
        return self._pivot("crm.customer.scorecard", ["rfm_group_id"])

    def rfm_grid(self):
        return self._grid("crm.rfm.grid")

    def migration(self):
        def find_values(env):
            domain = [("name", "=", "Benchmark, exclusive")]
            return {"segmentation_id": env["crm.segmentation"].search(domain).id}

        return self._grid("crm.segment.migration", find_values)

    def document_flow(self):
        """The flow of an invoiced order, to all that belongs to it."""
        found = []

        def work(env):
            if not found:  # by the first turn, which is not counted
                domain = [("state", "=", "sale"), ("invoice_status", "=", "invoiced")]
                found.append(env["sale.order"].search(domain, limit=1).id)
            return env["crm.document.flow"].get_flow("sale.order", found[0])

        return self._median(work)
