from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT


class SegmentCommon(TransactionCase):
    """Two companies and the people of the first.

    ========  ==============================  ==================================
    login     role                            sees
    ========  ==============================  ==================================
    seg_mgr   strategy manager                every customer of company A
    seg_rep   salesperson                     his customers, those of nobody
    seg_all   salesperson of all documents    every customer of company A
    seg_hr    internal user, no sales rights  nothing of ours
    seg_port  portal user                     nothing of ours
    ========  ==============================  ==================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, **DISABLED_MAIL_CONTEXT))
        cls.company_a = cls.env["res.company"].create({"name": "Segment A"})
        cls.company_b = cls.env["res.company"].create({"name": "Segment B"})
        cls.manager = cls._create_user("seg_mgr", "crm_strategy.group_manager")
        cls.rep = cls._create_user("seg_rep", "sales_team.group_sale_salesman")
        cls.rep_all = cls._create_user(
            "seg_all", "sales_team.group_sale_salesman_all_leads"
        )
        cls.employee = cls._create_user("seg_hr", "base.group_user")
        cls.portal = cls._create_user("seg_port", "base.group_portal")
        cls.tag = cls.env["res.partner.category"].create({"name": "Segment tests"})

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups=f"{groups},base.group_partner_manager"
            if login in ("seg_mgr", "seg_rep")
            else groups,
            company_id=cls.company_a.id,
            company_ids=[Command.set(cls.company_a.ids)],
        )

    @classmethod
    def _create_customer(cls, name, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "category_id": [Command.link(cls.tag.id)],
                **vals,
            }
        )

    @classmethod
    def _create_scheme(cls, *segments, **vals):
        """Create a scheme of company A; a segment is (name, domain or None)."""
        return cls.env["crm.segmentation"].create(
            {
                "name": "Scheme",
                "kind": "exclusive",
                "company_id": cls.company_a.id,
                "segment_ids": [
                    Command.create(
                        {
                            "name": name,
                            "sequence": position,
                            "method": "manual" if rule is None else "rule",
                            "domain": str(cls._tagged(rule or [])),
                        }
                    )
                    for position, (name, rule) in enumerate(segments)
                ],
                **vals,
            }
        )

    @classmethod
    def _tagged(cls, rule):
        """Restrict a rule to the customers of these tests."""
        return [("category_id", "in", cls.tag.ids), *rule]

    def _segment(self, scheme, name):
        return scheme.with_context(active_test=False).segment_ids.filtered(
            lambda segment: segment.name == name
        )

    def _counts(self, scheme):
        """Refresh; return {segment name: (entered, left, unchanged)}."""
        return {
            segment.name: (
                figures["entered"],
                figures["left"],
                figures["unchanged"],
            )
            for segment, figures in scheme._refresh().items()
        }

    def _history(self, partner, scheme):
        """Return the stays of a customer, oldest first, as plain tuples."""
        stays = self.env["crm.segment.membership"].search(
            [("partner_id", "=", partner.id), ("segmentation_id", "=", scheme.id)],
            order="date_start, id",
        )
        return [(m.segment_id.name, m.start_reason, m.end_reason) for m in stays]

    def assertSegments(self, scheme, expected):
        """Check who is where now: {segment name: set of customer names}."""
        found = {segment.name: set() for segment in scheme.segment_ids}
        for stay in self.env["crm.segment.membership"].search(
            [("segmentation_id", "=", scheme.id), ("date_end", "=", False)]
        ):
            found[stay.segment_id.name].add(stay.partner_id.name)
        self.assertEqual(found, expected)
