from odoo import fields, models


class CrmSatisfactionScore(models.Model):
    """What follows a low answer, once: a to-do, or a complaint, as the rule says."""

    _inherit = "crm.satisfaction.score"

    def _follow_up_low(self):
        """Do what the rule says with each of these low answers, unless it was done."""
        for score in self:
            if score.followed_up_on:
                continue
            action = score.rule_id.low_action
            if action == "complaint":
                score._open_complaint()
            elif action == "activity":
                score._schedule_talk()
            else:
                continue
            score.followed_up_on = fields.Datetime.now()

    # --- TO-DO

    def _schedule_talk(self):
        """Ask whoever leads the team to talk with the customer."""
        self.ensure_one()
        user = self._get_low_user()
        if not user:
            return
        with_language = self.with_context(lang=user.lang)
        with_language.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=user.id,
            summary=with_language.env._(
                "Low score: talk to %(customer)s",
                customer=self.commercial_partner_id.display_name,
            ),
            note=self.comment or False,
        )

    def _get_low_user(self):
        """Return the first who leads or looks after it, works here and may see it."""
        candidates = (
            self.service_team_id.leader_id,
            self.team_id.user_id,
            self.rule_id.user_id,
            self.user_id,
        )
        for user in candidates:
            if (
                user.active
                and self.company_id in user.company_ids
                and self.with_user(user)
                .with_context(allowed_company_ids=self.company_id.ids)
                .has_access("read")
            ):
                return user
        return self.env["res.users"]

    # --- COMPLAINT

    def _open_complaint(self):
        """Open a complaint in the name of the customer, unassigned."""
        self.ensure_one()
        complaints = self.env["crm.complaint"].with_company(self.company_id)
        complaint = complaints.create(self._prepare_complaint_vals())
        complaint.message_post_with_source(
            "mail.message_origin_link",
            render_values={"self": complaint, "origin": self},
            subtype_xmlid="mail.mt_note",
        )
        self.new_complaint_id = complaint

    def _prepare_complaint_vals(self):
        about = self.complaint_id or self.order_id
        return {
            "title": self.env._("Low score: %(score)s", score=self.display_name),
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "order_id": self.order_id.id,
            "kind_id": self.rule_id.low_kind_id.id,
            "team_id": self.service_team_id.id,
            "channel": "survey",
            "description": self.comment
            or self.env._(
                "The customer gave %(value)s (%(kind)s) for %(document)s and did not "
                "leave a comment.",
                value=self.value,
                kind=self.kind.upper(),
                document=about.display_name or self.env._("the last months"),
            ),
        }
