from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ScorecardCommon


@tagged("post_install", "-at_install")
class TestResPartnerAnalyst(ScorecardCommon):
    """Who the customer is, as analysts see it: all of it, and nothing to change."""

    def test_analyst_reads_the_customer_tab(self):
        customer = self.env["res.partner"].create(
            {"name": "Foundry", "is_company": True}
        )
        segment = self.env["crm.segment"].create(
            {
                "name": "Foundries",
                "segmentation_id": self.env["crm.segmentation"]
                .create({"name": "Trade", "company_id": self.company.id})
                .id,
                "domain": str([("id", "=", customer.id)]),
                "special_instructions": "Call before you come",
            }
        )
        segment.segmentation_id._refresh()
        partners = customer.with_user(self.analyst)
        arch = etree.fromstring(partners.get_view(view_type="form")["arch"])
        (page,) = arch.xpath("//page[@name='crm_customer']")
        names = {field.get("name") for field in page.iter("field")}
        self.assertLessEqual(
            {
                "segment_ids",
                "crm_role_ids",
                "lifecycle_state",
                "crm_special_instructions",
                "rfm_code",
                "role_assignment_ids",
            },
            names,
        )
        self.assertNotIn("lifecycle_todo_ids", names)
        form = Form(partners)
        self.assertEqual(form.segment_ids[:], segment.with_user(self.analyst))
        self.assertEqual(form.crm_special_instructions, "Call before you come")
        with self.assertRaises(AccessError):
            partners.write({"comment": "Mine"})
        with self.assertRaises(AccessError):
            segment.with_user(self.analyst).name = "Mine"

    def test_clerk_sees_no_customer_tab(self):
        partners = self.env["res.partner"].with_user(self.clerk)
        arch = etree.fromstring(partners.get_view(view_type="form")["arch"])
        self.assertFalse(arch.xpath("//page[@name='crm_customer']"))
