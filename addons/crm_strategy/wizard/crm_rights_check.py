from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.safe_eval import safe_eval

OPERATIONS = ("read", "write", "unlink")


class CrmRightsCheck(models.TransientModel):
    """Why may somebody see, change or delete one record, or why not?"""

    _name = "crm.rights.check"
    _description = "Why May Somebody See This?"

    checked_user_id = fields.Many2one(
        "res.users",
        "User",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="cascade",
    )
    res_model = fields.Char(
        "Technical Name",
        required=True,
        default=lambda self: self.env.context.get("active_model"),
    )
    res_id = fields.Integer(
        "Record", required=True, default=lambda self: self.env.context.get("active_id")
    )
    record_name = fields.Char("About", compute="_compute_record_name")
    may_read = fields.Boolean(compute="_compute_reasons")
    may_write = fields.Boolean("May Change", compute="_compute_reasons")
    may_unlink = fields.Boolean("May Delete", compute="_compute_reasons")
    read_reason = fields.Text(compute="_compute_reasons")
    write_reason = fields.Text(compute="_compute_reasons")
    unlink_reason = fields.Text(compute="_compute_reasons")

    def _get_record(self):
        """Return the record, if the one who asks may see it himself."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            raise UserError(
                self.env._("Open a record first, then ask from its Actions menu.")
            )
        record = self.env[self.res_model].browse(self.res_id).exists()
        record.check_access("read")
        return record

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        for check in self:
            check.record_name = check._get_record().display_name

    @api.depends("checked_user_id", "res_model", "res_id")
    def _compute_reasons(self):
        for check in self:
            record = check._get_record()
            for operation in OPERATIONS:
                allowed, reason = check._explain(record, operation)
                check[f"may_{operation}"] = allowed
                check[f"{operation}_reason"] = reason

    def _explain(self, record, operation):
        """Return (whether the person may, why) for one operation."""
        user = self.checked_user_id
        model = record.browse().with_user(user)
        if not model.has_access(operation):
            names = self.env["ir.model.access"].group_names_with_access(
                record._name, operation
            )
            return False, self.env._(
                "None of the groups that give this right: %(groups)s.",
                groups=", ".join(names) or self.env._("there is none"),
            )
        record = record.with_user(user)
        record = record.with_context(allowed_company_ids=user.company_ids.ids)
        rules = self.env["ir.rule"].with_env(record.env)
        if not record.has_access(operation):
            failing = rules._get_failing(record, operation)
            failing = failing.sudo()  # style: CRM109 names of the rules, to explain
            return False, self.env._(
                "Access denied by: %(rules)s.",
                rules=", ".join(rule.name or rule.model_id.name for rule in failing),
            )
        return True, self._explain_grant(record, operation, rules)

    def _explain_grant(self, record, operation, rules):
        """Name the groups that give the right and the rules that let it through."""
        person = self.checked_user_id.sudo()  # style: CRM109 his groups, to explain
        access = person.all_group_ids.model_access.filtered(
            lambda row: (
                row.active
                and row.model_id.model == record._name
                and row[f"perm_{operation}"]
            )
        )
        rules = rules._get_rules(record._name, operation)
        rules = rules.sudo()  # style: CRM109 names of the rules, to explain them
        passing = rules.filtered(lambda rule: self._is_passed(rule, record))
        return self.env._(
            "Groups: %(groups)s. Rules that let it through: %(rules)s.",
            groups=", ".join(access.group_id.mapped("full_name")),
            rules=", ".join(rule.name or "" for rule in passing)
            or self.env._("there are none"),
        )

    @api.model
    def _is_passed(self, rule, record):
        """Tell whether ``record`` is among the records of ``rule``."""
        context = self.env["ir.rule"].with_env(record.env)._eval_context()
        domain = safe_eval(rule.domain_force or "[]", context)
        model = record.sudo()  # style: CRM109 one rule at a time, result is a yes or no
        return bool(model.search_count([("id", "=", record.id), *domain]))
