from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError

from ...tools.approval import deputies_of
from .crm_approval_mixin_change import NEW


class CrmApprovalMixin(models.AbstractModel):
    """What has gone on (a confirmed order) stays within what was approved.

    Nobody approves twice what is better than approved: less, or a higher price. What
    goes beyond it, or meets a rule that nobody signed, is refused, unless whoever
    makes the change might approve it himself; then the log says so. Jobs of the
    product (the superuser) are not asked.
    """

    _inherit = "crm.approval.mixin"

    def _get_settled(self):
        """Return the documents that are held to their approval, as superuser."""
        documents = self.sudo().browse()  # style: CRM109 whoever makes the change
        if self.env.uid == SUPERUSER_ID or not self._is_approval_used():
            return documents
        busy = self._get_approval_busy()
        if NEW in busy:
            return documents
        ruled = self.env["crm.approval.rule"]._get_ruled()[1]
        return self.with_env(documents.env).filtered(
            lambda d: (
                isinstance(d.id, int)
                and d.id not in busy
                and d._is_approval_settled()
                and (d._name, d._get_approval_company().id) in ruled
            )
        )

    def _get_agreed(self):
        """Return what stands there before a change."""
        return {
            "values": self._get_approval_values(),
            "terms": self._get_approval_terms(),
            "margin": self._get_approval_margin(),
            "rules": self.env["crm.approval.rule"]._get_met(self),
        }

    def _check_agreed(self, known):
        """Refuse a change that goes beyond what was approved."""
        if not self.exists():
            return
        after = self._get_approval_values()
        if after == known["values"]:
            return
        if not self._is_approval_settled():  # reopened by the same write
            if self.approval_state == "approved":
                self._void_if_changed(known["values"])
            return
        rules = self._get_rules_beyond(known)
        if not rules:
            return
        changes = "; ".join(self._describe_changes(known["values"], after)[:5])
        if not self._may_go_beyond(rules):
            raise UserError(self._get_beyond_message(rules, changes))
        self._log_approval(
            self.env._(
                "%(user)s, who may approve it, changed %(changes)s.",
                user=self.env.user.name,
                changes=changes,
            )
        )

    def _get_rules_beyond(self, known):
        """Return the rules that ask about what stands there now.

        Of a document that nobody had to approve, those that it met before are no
        news: they are younger than it.
        """
        met = self.env["crm.approval.rule"]._get_met(self)
        if self.approval_state != "approved":
            return met - known["rules"]
        steps = self._get_approval_round()
        signed = steps.filtered(lambda step: step.state == "approved").rule_id
        is_beyond = self._is_beyond_approved(known["terms"])
        margin = self._get_approval_margin()
        is_lower = margin is not None and margin < (known["margin"] or 0.0) - 0.005
        return met.filtered(
            lambda rule: (
                rule not in signed or is_beyond or (rule.is_margin_asked and is_lower)
            )
        )

    def _may_go_beyond(self, rules):
        """Return whether the present user alone could approve by all ``rules``."""
        return all(
            rule.min_approvals == 1 and self.env.user in self._get_changers(rule)
            for rule in rules
        )

    def _get_changers(self, rule):
        """Return who could approve by ``rule`` today, deputies among them."""
        authors = self._get_approval_authors() | self._get_approval_round().user_id
        try:
            users = rule._find_approvers(self, authors)[0]
        except UserError:
            return self.env["res.users"]
        pairs = self.env["crm.approval.deputy"]._get_pairs()
        deputies = users.browse(deputies_of(users.ids, pairs))
        users = rule._filter_able(users | deputies)
        return users if rule.is_own_allowed else users - authors

    def _get_beyond_message(self, rules, changes):
        """Say what needs approval, and how to get it."""
        changers = self.env["res.users"].union(
            *(self._get_changers(rule) for rule in rules)
        )
        return self.env._(
            "This goes beyond what was approved of %(document)s: %(changes)s "
            "(%(why)s). Ask %(users)s to make the change, put it on a new quotation, "
            "or cancel this one, set it back to a quotation and request approval.",
            document=self._get_approval_name(),
            changes=changes,
            why="; ".join(self._get_approval_why(rule) for rule in rules),
            users=", ".join(changers.mapped("name")) or self.env._("a manager"),
        )
