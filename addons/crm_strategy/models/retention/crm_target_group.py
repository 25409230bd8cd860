from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.rule import parse_rule


class CrmTargetGroup(models.Model):
    """Customers to be addressed together: chosen by segments and conditions.

    A live group is whoever meets the choice when it is looked at. A fixed group
    keeps the customers who met it when it was taken, so that what was said to them
    can be compared with what they did.
    """

    _name = "crm.target.group"
    _description = "Target Group"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True

    # --- DEFINITION
    name = fields.Char(required=True, tracking=True)
    description = fields.Text(help="What this group is for.")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        ondelete="set null",
        domain="[('share', '=', False)]",
        tracking=True,
    )
    mode = fields.Selection(
        [("live", "Live"), ("fixed", "Fixed Copy")],
        required=True,
        default="live",
        tracking=True,
        help="Live: whoever meets the choice at any time. Fixed copy: who met it "
        "when the group was taken.",
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        "crm_target_group_segment_rel",
        "target_group_id",
        "segment_id",
        string="Segments",
        check_company=True,
        help="Customers in any of these segments. Empty: all customers.",
    )
    excluded_segment_ids = fields.Many2many(
        "crm.segment",
        "crm_target_group_excluded_segment_rel",
        "target_group_id",
        "segment_id",
        string="Excluded Segments",
        check_company=True,
        help="Customers in any of these segments are left out.",
    )
    domain = fields.Char(
        "Further Conditions", default="[]", help="Customers also meet these conditions."
    )

    # --- MEMBERS
    member_ids = fields.One2many(
        "crm.target.group.member", "target_group_id", string="Members", copy=False
    )
    date_frozen = fields.Datetime(
        "List Fixed On", readonly=True, copy=False, tracking=True
    )
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")
    warning = fields.Char(compute="_compute_warning")

    # --- COMPUTE

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("mode", "company_id", "segment_ids", "excluded_segment_ids", "domain")
    def _compute_customer_count(self):
        """Count the customers that the reader may see."""
        fixed = self.filtered(lambda group: group.mode == "fixed")
        counts = dict(
            self.env["crm.target.group.member"]._read_group(
                [("target_group_id", "in", fixed.ids)], ["target_group_id"], ["__count"]
            )
        )
        for group in self:
            if group in fixed:
                group.customer_count = counts.get(group._origin, 0)
            else:
                group.customer_count = group._count_live_customers()

    def _count_live_customers(self):
        """Return how many the reader sees; zero where the warning says why."""
        self.ensure_one()
        try:
            return self.env["res.partner"].search_count(self._get_domain())
        except (AccessError, UserError, ValueError):
            return 0

    @api.depends("segment_ids.active", "excluded_segment_ids.active", "domain")
    def _compute_warning(self):
        """Say what makes the group empty, or not what its name promises."""
        for group in self:
            group.warning = group._get_warning()

    def _get_warning(self):
        self.ensure_one()
        archived = self._get_archived_segments()
        if archived:
            return self.env._(
                "Archived, and so without customers: %(segments)s. Restore these "
                "segments or choose others.",
                segments=", ".join(archived.mapped("display_name")),
            )
        try:
            self.env["res.partner"]._search(self._get_domain())
        except (AccessError, UserError, ValueError) as e:
            return str(e)
        return False

    # --- CHECKS

    @api.constrains("domain")
    def _check_domain(self):
        """Refuse conditions that cannot be read."""
        for group in self:
            group._check_choice()

    def _check_choice(self):
        self.ensure_one()
        try:
            self.env["res.partner"]._search(self._get_choice_domain())
        except (ValueError, TypeError, KeyError, UserError) as e:
            raise ValidationError(
                self.env._(
                    "The conditions of %(group)s cannot be used: %(error)s. Correct "
                    "them with the editor and save.",
                    group=self.name,
                    error=str(e).strip().rstrip("."),
                )
            ) from e

    # --- CRUD

    def copy_data(self, default=None):
        """Name the copy so that it is not taken for the original."""
        vals_list = super().copy_data(default=default)
        if "name" not in (default or {}):
            for group, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", group.name)
        return vals_list

    # --- ACTIONS

    def action_take(self):
        """Take the customers who meet the choice now; leave those put in by hand."""
        for group in self:
            group._take()

    def action_create_fixed_copy(self):
        """Keep who is in this live group now as a fixed group of its own."""
        self.ensure_one()
        day = fields.Date.context_today(self)
        group = self.copy(
            {
                "mode": "fixed",
                "name": self.env._(
                    "%(group)s, %(day)s",
                    group=self.name,
                    day=fields.Date.to_string(day),
                ),
            }
        )
        group._take()
        return group._get_records_action()

    def action_open_customers(self):
        """Open the customers of the group that the reader may see."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.res_partner_action_customer"
        )
        action["name"] = self.name
        action["domain"] = list(self._get_domain())
        return action

    def action_open_leads(self):
        """Open the leads and opportunities of these customers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        action["name"] = self.env._("Leads of %s", self.name)
        action["domain"] = list(self._get_lead_domain())
        action["context"] = {}
        return action

    def action_open_members(self):
        """Open the list of who is in a fixed group since when."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_target_group_member_action"
        )
        action["domain"] = [("target_group_id", "=", self.id)]
        action["context"] = {"default_target_group_id": self.id}
        return action

    # --- DOMAINS

    def _get_domain(self):
        """Return the domain on ``res.partner`` of the customers in the group now.

        Fit for the browser, a mailing or a segment's rule; no list of ids.
        """
        self.ensure_one()
        if self.mode == "fixed":
            return Domain("target_group_member_ids.target_group_id", "in", self.ids)
        return self._get_choice_domain()

    def _get_choice_domain(self):
        """Return the domain of who meets the segments and conditions."""
        domain = Domain(self.env["res.partner"]._get_customer_domain(self.company_id))
        if self.segment_ids:
            domain &= Domain("segment_ids", "in", self.segment_ids.ids)
        if self.excluded_segment_ids:
            domain &= Domain("segment_ids", "not in", self.excluded_segment_ids.ids)
        return domain & Domain(parse_rule(self.domain))

    def _get_lead_domain(self):
        """Return the domain of the leads of these customers and their contacts."""
        return Domain(
            "partner_id", "any", [("commercial_partner_id", "any", self._get_domain())]
        )

    def _get_archived_segments(self):
        """Return the chosen segments that are archived, or whose scheme is."""
        groups = self.with_context(active_test=False)
        segments = groups.segment_ids | groups.excluded_segment_ids
        return segments.filtered(lambda s: not s.active or not s.segmentation_id.active)

    # --- BUSINESS

    def _take(self):
        """Replace who was taken by the choice before, in two statements."""
        self.ensure_one()
        self.check_access("write")
        self._check_may_take()
        query = self._get_taken_query()
        members = self.env["crm.target.group.member"]
        members.flush_model()
        now = fields.Datetime.now()
        self.env.execute_query(
            SQL(
                """DELETE FROM crm_target_group_member
                    WHERE target_group_id = %s AND source = 'choice'
                      AND partner_id NOT IN (%s)
                RETURNING id""",
                self.id,
                query.select(),
            )
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_target_group_member (target_group_id, company_id,
                          partner_id, source, date_added, create_uid, create_date,
                          write_uid, write_date)
                   SELECT %(group)s, %(company)s, chosen.id, 'choice', %(now)s,
                          %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM (%(query)s) chosen
              ON CONFLICT (target_group_id, partner_id) DO NOTHING
                RETURNING id""",
                group=self.id,
                company=self.company_id.id,
                now=now,
                uid=self.env.uid,
                query=query.select(),
            )
        )
        members.invalidate_model()
        self.invalidate_recordset(["member_ids", "customer_count"])
        self.date_frozen = now

    def _get_taken_query(self):
        """Return the query of who meets the choice, in the group's company alone."""
        partners = self.env["res.partner"].with_context(
            allowed_company_ids=self.company_id.ids
        )
        self.env.flush_all()
        return partners._search(self._get_choice_domain())

    def _check_may_take(self):
        if self.mode != "fixed":
            raise UserError(
                self.env._(
                    "%s is live: it always holds who meets its choice. Make a fixed "
                    "copy of it instead.",
                    self.name,
                )
            )
        archived = self._get_archived_segments()
        if archived:
            raise UserError(
                self.env._(
                    "Archived segments have no customers: %(segments)s. Restore them "
                    "or choose others, else %(group)s would be emptied.",
                    segments=", ".join(archived.mapped("display_name")),
                    group=self.name,
                )
            )
