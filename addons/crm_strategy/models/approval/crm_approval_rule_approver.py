from odoo import models
from odoo.exceptions import UserError


class CrmApprovalRule(models.Model):
    """Who approves by a rule: resolved when somebody asks, and again when needed.

    A rule that finds nobody never lets a document hang. The request climbs the
    leaders of the teams above, then goes to the managers of the company; the step
    says so. Only where there is no manager either is the request refused.
    """

    _inherit = "crm.approval.rule"

    def _find_approvers(self, document, authors):
        """Return (approvers, whether they are others than the rule names).

        :param document: the document, as superuser
        :param authors: who asks and whose document it is
        :raises UserError: when nobody in the company could approve
        """
        self.ensure_one()
        barred = authors.browse() if self.is_own_allowed else authors
        users = self._filter_able(self._get_named_approvers(document)) - barred
        if len(users) >= self.min_approvals:
            return users, False
        team = document._get_approval_team()
        seen = team.browse()
        while team and team not in seen:
            seen |= team
            users |= self._filter_able(team.user_id) - barred
            if len(users) >= self.min_approvals:
                return users, True
            team = team.parent_id
        users |= self._filter_able(self._get_managers()) - barred
        if len(users) >= self.min_approvals:
            return users, True
        raise UserError(
            self.env._(
                "Rule %(rule)s finds nobody in %(company)s who could approve, and no "
                "manager can step in. Ask an administrator to name an active approver "
                "in CRM ▸ Configuration ▸ Approval Rules.",
                rule=self.name,
                company=self.company_id.name,
            )
        )

    def _get_named_approvers(self, document):
        """Return those whom the rule itself names for ``document``."""
        self.ensure_one()
        if self.approver_kind == "user":
            return self.approver_user_id
        if self.approver_kind == "group":
            return self.approver_group_id.all_user_ids
        if self.approver_kind == "leader":
            return document._get_approval_team().user_id
        if self.approver_kind == "parent_leader":
            return document._get_approval_team().parent_id.user_id
        return document._get_approval_division().user_id

    def _get_managers(self):
        group = self.env.ref("crm_strategy.group_manager")
        return group.sudo().all_user_ids  # style: CRM109 who may step in

    def _filter_able(self, users):
        """Keep the users who can sign for the company of this rule."""
        return users.filtered(
            lambda user: (
                user.active and not user.share and self.company_id in user.company_ids
            )
        )
