from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.document_flow import direct_links, first_shown, follow


class CrmDocumentFlow(models.AbstractModel):
    """The documents that belong together, from whichever of them one starts.

    Modules add their documents by overriding two methods and giving their model
    ``crm.document.flow.mixin`` (see docs/design/document-flow.md):

    ``_get_flow_kinds()`` -> list of kinds, one column of the screen each
        ``key``; ``sequence`` (columns stand in this order); ``model``; ``label``
        (heading, plural); ``name`` (one document); ``icon``; ``date`` (names of
        fields, the first filled one is shown); optional ``title`` (name of a field,
        else the display name), ``amount`` with ``currency`` (names of fields),
        ``state``: the name of a selection field with ``tones`` (its values:
        ``good``, ``bad``, ``void``), or a function that gets a record and returns
        ``(label, tone)``, with ``reads``, the names of the fields that it needs. A
        model with several kinds has one that ``is_main``; the others have a
        ``domain`` that says which records are theirs. What is ``void`` does not
        count in totals. ``is_collective``: documents of the model gather many
        chains and nothing comes before them, as a campaign does.
    ``_get_flow_links()`` -> list of links from an earlier to a later document
        ``source`` and ``target`` (models); ``sql``: statement that gives the
        columns ``source_id`` and ``target_id``, never NULL, without DISTINCT or
        aggregates, so that both can be looked up by an index; ``fields``: what it
        reads, names of fields by model.

    The **chain** of a document is what it came from, and all that came of these.
    It ends where it would run into other chains: of an invoice over two orders,
    the order on the other side is shown (``is_other``) and not followed. Of what
    gathers many chains the chain shows that it belongs there; only from the
    gathering document itself all its chains are followed.

    Links are followed without regard to rights, a fixed number of statements per
    step. What the reader may not read is a box that says that there is something,
    in the column of its model's main kind, since kinds tell states.
    """

    _name = "crm.document.flow"
    _description = "Document Flow"

    # Documents that are followed, documents that a column shows
    _FLOW_LIMIT = 1000
    _FLOW_COLUMN_LIMIT = 20

    # --- TO EXTEND

    @api.model
    def _get_flow_kinds(self):
        return []

    @api.model
    def _get_flow_links(self):
        return []

    # --- CALLED BY THE SCREEN

    @api.model
    @api.readonly
    def get_flow(self, res_model, res_id, opened=()):
        """Return the flow of one document, ready to be drawn.

        :param opened: keys of the columns that show all their documents

        ``title``; ``columns``: ``key``, ``label``, ``icon``, ``count`` (all that
        there are), ``more`` (not shown), ``totals`` (``amount`` by
        ``currency_id``, of what is readable, not void and of this chain),
        ``nodes``; ``links``: pairs of node keys; ``is_complete``; ``limit``.

        A node has ``key``, ``kind``, ``label``, ``is_current``, ``is_other`` and
        ``is_readable``; if readable also ``model``, ``id``, ``name``, ``date``
        with ``date_type``, ``state``, ``tone``, ``amount``, ``currency_id``.
        """
        start = self._get_flow_start(res_model, res_id)
        current = (res_model, start.id)
        documents, others, links, is_complete = self._find_chain(current)
        columns, keys = self._get_columns(documents, set(others), current, opened)
        shown = {link for link in links if link[0] in keys and link[1] in keys}
        return {
            "title": start.display_name,
            "columns": columns,
            "links": sorted(
                [keys[source], keys[target]] for source, target in direct_links(shown)
            ),
            "is_complete": is_complete,
            "limit": self._FLOW_LIMIT,
        }

    @api.model
    def _get_flow_start(self, res_model, res_id):
        """Return the document, if it is one that the user may read."""
        if not self.env.user._is_internal():
            raise AccessError(self.env._("The document flow is for employees only."))
        known = {kind["model"] for kind in self._get_flow_kinds()}
        if res_model not in known or type(res_id) is not int:
            raise UserError(
                self.env._(
                    "There is no document flow here. "
                    "Open it from an opportunity, an order, a transfer, an invoice "
                    "or a payment."
                )
            )
        document = self.env[res_model].browse(res_id)
        self.env[res_model].check_access("read")
        if not document.exists():
            raise UserError(
                self.env._("This document was deleted. Go back and choose another.")
            )
        document.check_access("read")
        return document

    # --- THE CHAIN
    # Up first, to what the document came from; then down from all of these; last,
    # one step up from what was reached: other chains that meet this one. Each step
    # is one statement for all documents of the step, so the number of statements
    # follows the length of the chain and not the number of its documents.

    @api.model
    def _find_chain(self, start):
        """Return documents ``(model, id)``, those of other chains, links, all or not.

        Documents of other chains are part of the documents.
        """
        origins, links_up, all_up = follow(
            [start], lambda found: self._find_links(found, "target"), self._FLOW_LIMIT
        )
        collective = self._get_collective_models()
        gathering = [
            origin for origin in origins if origin[0] in collective and origin != start
        ]
        followed = [origin for origin in origins if origin not in gathering]
        documents, links, all_down = follow(
            followed, lambda found: self._find_links(found, "source"), self._FLOW_LIMIT
        )
        inside, known = set(documents), set(origins)
        reached = [document for document in documents if document not in known]
        crossing = [
            (source, target)
            for target, source in self._find_links(reached, "target")
            if source not in inside
        ]
        crossing += [
            (source, target) for target, source in links_up if source in gathering
        ]
        met = list(dict.fromkeys(source for source, _target in crossing))
        room = max(0, self._FLOW_LIMIT - len(documents))
        return (
            documents + met[:room],
            [source for source in met[:room] if source[0] not in collective],
            links | set(crossing),
            all_up and all_down and len(met) <= room,
        )

    @api.model
    def _get_collective_models(self):
        """Return the models whose documents gather many chains."""
        kinds = self._get_flow_kinds()
        return {kind["model"] for kind in kinds if kind.get("is_collective")}

    @api.model
    def _find_links(self, documents, side):
        """Return the links that lead on from ``documents``, as ``(from, to)``.

        :param side: ``source`` to go down, ``target`` to go up
        """
        ids = {}
        for model_name, res_id in documents:
            ids.setdefault(model_name, []).append(res_id)
        used = [link for link in self._get_flow_links() if link[side] in ids]
        if not used:
            return []
        self._flush_links(used)
        statement = SQL(" UNION ").join(
            SQL(
                "SELECT %s AS source, source_id, %s AS target, target_id "
                "FROM (%s) link WHERE %s = ANY(%s)",
                link["source"],
                link["target"],
                link["sql"],
                SQL.identifier(f"{side}_id"),
                ids[link[side]],
            )
            for link in used
        )
        rows = self.env.execute_query(
            SQL("%s ORDER BY 1, 2, 3, 4 LIMIT %s", statement, 5 * self._FLOW_LIMIT)
        )
        pairs = (((row[0], row[1]), (row[2], row[3])) for row in rows)
        return [pair if side == "source" else pair[::-1] for pair in pairs]

    @api.model
    def _flush_links(self, links):
        for link in links:
            for model_name, field_names in link["fields"].items():
                self.env[model_name].flush_model(field_names)

    # --- WHAT THE READER GETS

    @api.model
    def _get_columns(self, documents, others, current, opened=()):
        """Return the columns, and the keys of the shown nodes by document.

        Keys are numbers in the order of the screen: they tell nothing.
        """
        kinds = sorted(self._get_flow_kinds(), key=lambda kind: kind["sequence"])
        nodes = {kind["key"]: {} for kind in kinds}
        for document, node in self._get_nodes(documents, kinds).items():
            node["is_current"] = document == current
            node["is_other"] = document in others
            nodes[node["kind"]][document] = node
        columns, keys = [], {}
        for kind in kinds:
            found = nodes[kind["key"]]
            if not found:
                continue
            order = sorted(
                found, key=lambda document: self._node_order(found[document])
            )
            limit = len(order) if kind["key"] in opened else self._FLOW_COLUMN_LIMIT
            shown = first_shown(order, limit, current)
            for document in shown:
                keys[document] = found[document]["key"] = f"n{len(keys) + 1}"
            columns.append(
                {
                    "key": kind["key"],
                    "label": kind["label"],
                    "icon": kind["icon"],
                    "count": len(order),
                    "more": len(order) - len(shown),
                    "totals": self._get_totals(found.values()),
                    "nodes": [found[document] for document in shown],
                }
            )
        return columns, keys

    @api.model
    def _node_order(self, node):
        """This chain before others, readable before grey, then by date."""
        return (
            node["is_other"],
            not node["is_readable"],
            node.get("date") or "9999",
            node.get("id", 0),
        )

    @api.model
    def _get_totals(self, nodes):
        """Return the amounts added up, one total per currency."""
        totals = {}
        for node in nodes:
            if (
                not node.get("currency_id")
                or node["is_other"]
                or node["tone"] == "void"
            ):
                continue
            currency = node["currency_id"]
            totals[currency] = totals.get(currency, 0.0) + node["amount"]
        currencies = self.env["res.currency"].browse(totals)
        return [
            {"amount": currency.round(totals[currency.id]), "currency_id": currency.id}
            for currency in currencies
        ]

    @api.model
    def _get_nodes(self, documents, kinds):
        """Return the node of each document; a grey one says only what it is."""
        ids = {}
        for model_name, res_id in documents:
            ids.setdefault(model_name, []).append(res_id)
        nodes = {}
        for model_name, res_ids in ids.items():
            own = [kind for kind in kinds if kind["model"] == model_name]
            main = next((kind for kind in own if kind.get("is_main")), own[0])
            readable = self._read_documents(model_name, res_ids, own)
            nodes |= {
                (model_name, res_id): self._prepare_node(main, is_readable=False)
                for res_id in set(res_ids) - set(readable.ids)
            }
            labels = self._get_state_labels(readable, own)
            found = self._find_kinds(readable, own)
            for record in readable:
                kind = found.get(record.id, main)
                nodes[model_name, record.id] = self._prepare_readable(
                    kind, record, labels
                )
        return {document: nodes[document] for document in documents}

    @api.model
    def _find_kinds(self, records, kinds):
        """Return the kind of each record that is not of the main one, by id."""
        found = {}
        for kind in kinds:
            if kind.get("domain"):
                own = records.filtered_domain(kind["domain"])
                found = dict.fromkeys(own.ids, kind) | found
        return found

    @api.model
    def _read_documents(self, model_name, res_ids, kinds):
        """Return those that the user may read, with what the boxes show.

        One statement applies the record rules and reads the few columns.
        """
        model = self.env[model_name]
        if not model.has_access("read"):
            return model
        found = model.with_context(active_test=False).search_fetch(
            [("id", "in", res_ids)], self._get_shown_fields(kinds), order="id"
        )
        readable = found.with_env(self.env)
        if type(model)._check_access is not models.BaseModel._check_access:
            return readable._filtered_access("read")  # more than rules
        return readable

    @api.model
    def _get_shown_fields(self, kinds):
        """Return the names of the fields that the boxes show or ask for."""
        names = {"display_name"}
        for kind in kinds:
            names.update(kind["date"], kind.get("reads", ()))
            names.update(leaf[0] for leaf in kind.get("domain", ()))
            names.update(
                kind[part]
                for part in ("title", "amount", "currency", "state")
                if isinstance(kind.get(part), str)
            )
        return sorted(names)

    @api.model
    def _prepare_node(self, kind, is_readable):
        return {"kind": kind["key"], "label": kind["name"], "is_readable": is_readable}

    @api.model
    def _prepare_readable(self, kind, record, labels):
        label, tone = self._get_state(kind, record, labels)
        name = next((name for name in kind["date"] if record[name]), kind["date"][0])
        field = record._fields[name]
        return {
            **self._prepare_node(kind, is_readable=True),
            "model": record._name,
            "id": record.id,
            "name": self._get_name(kind, record),
            "date": self._to_json(record[name]),
            "date_type": field.type,
            "state": label,
            "tone": tone,
            "amount": record[kind["amount"]] if kind.get("amount") else False,
            "currency_id": record[kind["currency"]].id if kind.get("amount") else False,
        }

    @api.model
    def _get_name(self, kind, record):
        """Return the number or name; a draft may have none yet."""
        name = kind.get("title") and record[kind["title"]]
        return name if name and name != "/" else record.display_name

    @api.model
    def _to_json(self, value):
        field = fields.Datetime if hasattr(value, "hour") else fields.Date
        return field.to_string(value) if value else False

    @api.model
    def _get_state_labels(self, records, kinds):
        """Return what the values of the kinds' states are called, by field."""
        return {
            kind["state"]: dict(
                records._fields[kind["state"]]._description_selection(self.env)
            )
            for kind in kinds
            if isinstance(kind.get("state"), str)
        }

    @api.model
    def _get_state(self, kind, record, labels):
        """Return what the box says of the state, and its tone."""
        state = kind.get("state")
        if callable(state):
            return state(record)
        if not state:
            return "", False
        value = record[state]
        return labels[state].get(value, ""), kind.get("tones", {}).get(value, False)
