from lxml import etree

from odoo import api, models

BLOCKS = {
    "form": "crm_strategy.crm_approval_mixin_view_form",
    "search": "crm_strategy.crm_approval_mixin_view_search",
}


class CrmApprovalMixin(models.AbstractModel):
    """Bring buttons, banner and log into the form of every document with rules.

    Without a rule for the model its screens stay what they were, to the letter.
    """

    _inherit = "crm.approval.mixin"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._is_approval_used())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type in BLOCKS and self._is_approval_used():
            block = self.env.ref(BLOCKS[view_type], raise_if_not_found=False)
            if block:
                source = block.sudo()._get_combined_arch()  # style: CRM109 screens
                getattr(self, f"_add_approval_to_{view_type}")(arch, source)
        return arch, view

    @api.model
    def _add_approval_to_form(self, arch, source):
        sheet = arch.find("sheet")
        if sheet is None:
            return
        header = arch.find("header")
        if header is None:
            header = etree.Element("header")
            arch.insert(0, header)
        for button in reversed(source.find("header")):
            header.insert(0, button)
        sheet.addprevious(source.find("div[@name='approval_banner']"))
        notebook = sheet.find(".//notebook")
        if notebook is None:
            notebook = etree.SubElement(sheet, "notebook")
        for page in source.findall(".//notebook/page"):
            notebook.append(page)

    @api.model
    def _add_approval_to_search(self, arch, source):
        for node in source:
            arch.append(node)
