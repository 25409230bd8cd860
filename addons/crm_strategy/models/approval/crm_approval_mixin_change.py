from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError

#: stands for documents that are being created
NEW = 0
WATCHED = ("pending", "approved", "rejected")


class CrmApprovalMixin(models.AbstractModel):
    """What was approved is what stands there: changes make an approval void.

    Documents under approval are compared before and after each write, whichever
    way it comes. The log says who changed what from which value to which.
    """

    _inherit = "crm.approval.mixin"

    # --- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        self._check_approval_vals(
            {*self.env.context, *(name for vals in vals_list for name in vals)}
        )
        return super().create(vals_list)

    def write(self, vals):
        self._check_approval_vals(vals)
        if vals.keys().isdisjoint(self._get_approval_roots()):
            return super().write(vals)
        with self._watch_approval():
            return super().write(vals)

    def unlink(self):
        if self._is_approval_used():
            documents = self.sudo()  # style: CRM109 the log says what became of them
            for document in documents:
                if document.approval_state == "pending":
                    document._get_approval_round()._finish(
                        "void", self.env._("The document was deleted.")
                    )
        return super().unlink()

    @api.model
    def _check_approval_vals(self, names):
        """Nobody approves by writing the state."""
        if not self.env.su and {"approval_state", "default_approval_state"} & set(
            names
        ):
            raise AccessError(
                self.env._(
                    "An approval is given by its approvers only. Press Request "
                    "Approval."
                )
            )

    @api.model
    def _get_approval_roots(self):
        return {path.split(".")[0] for path in self._get_approval_fields()}

    # --- COMPARE

    @contextmanager
    def _watch_approval(self):
        """Make void what the block changes about documents under approval.

        Documents that have gone on are held to it, see crm_approval_mixin_settled.py.
        """
        watched, settled = self._get_watched(), self._get_settled()
        if not watched and not settled:
            yield
            return
        busy = self._get_approval_busy()
        ids = {*watched.ids, *settled.ids}
        busy.update(ids)
        try:
            before = {document: document._get_approval_values() for document in watched}
            agreed = {document: document._get_agreed() for document in settled}
            yield
            for document, values in before.items():
                document._void_if_changed(values)
            for document, known in agreed.items():
                document._check_agreed(known)
        finally:
            busy.difference_update(ids)

    @contextmanager
    def _watch_new(self):
        """Leave alone what the block adds to documents that it creates."""
        busy = self._get_approval_busy()
        is_outer = NEW not in busy
        busy.add(NEW)
        try:
            yield
        finally:
            if is_outer:
                busy.discard(NEW)

    def _get_watched(self):
        """Return the documents that a change matters to, as superuser."""
        documents = self.sudo().browse()  # style: CRM109 whoever makes the change
        if not self._is_approval_used():
            return documents
        busy = self._get_approval_busy()
        return self.with_env(documents.env).filtered(
            lambda d: (
                isinstance(d.id, int)
                and d.id not in busy
                and d.approval_state in WATCHED
                and d._is_approval_open()
            )
        )

    def _get_approval_busy(self):
        """Return the ids that an outer block watches already."""
        return self.env.cr.cache.setdefault("crm_approval_busy", {}).setdefault(
            self._name, set()
        )

    def _get_approval_values(self):
        """Return {(record, field name): (value, value as it can be shown)}."""
        self.ensure_one()
        values = {}
        for path in self._get_approval_fields():
            way, _dot, name = path.rpartition(".")
            for record in self.mapped(way) if way else self:
                field = record._fields[name]
                value = record[field.name]
                text = self._format_approval_value(record, field.name)
                key = tuple(value.ids) if field.relational else text
                values[record, field.name] = key, text
        return values

    @api.model
    def _format_approval_value(self, record, name):
        field = record._fields[name]
        value = record[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type in ("float", "monetary"):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        return str(value or "")

    def _void_if_changed(self, before):
        if not self.exists():
            return
        after = self._get_approval_values()
        if after == before:
            return
        changes = self._describe_changes(before, after)
        self._end_approval(
            "change",
            self.env._(
                "%(user)s changed %(changes)s. Ask for approval again.",
                user=self.env.user.name,
                changes="; ".join(changes[:5]),
            ),
        )

    def _describe_changes(self, before, after):
        """Return one text for each value that differs, named after its record."""
        added = {record for record, _name in after} - {r for r, _name in before}
        removed = {record for record, _name in before} - {r for r, _name in after}
        changes = [
            self.env._("%(line)s added", line=record.display_name)
            for record, _name in dict.fromkeys((r, "") for r, _n in after if r in added)
        ]
        if removed:
            changes.append(self.env._("%(count)s lines removed", count=len(removed)))
        for (record, name), new in after.items():
            old = before.get((record, name), new)
            if record not in added and old != new:
                (_old_key, old), (_new_key, new) = old, new
                label = record._fields[name]._description_string(self.env)
                where = "" if record == self else f"{record.display_name}, "
                changes.append(
                    self.env._(
                        "%(where)s%(field)s from %(old)s to %(new)s",
                        where=where,
                        field=label,
                        old=old or "-",
                        new=new or "-",
                    )
                )
        return changes
