import { registry } from "@web/core/registry";
import { PageAction } from "./page_action";

/** Draws the dictionary of `crm.product.sheet`: a product, for salespeople. */
export class ProductSheet extends PageAction {
    static template = "crm_service.ProductSheet";
    static param = "product_tmpl_id";
    static urlKey = "product";

    fetch() {
        return this.orm.call("crm.product.sheet", "get_sheet", [this.recordId]);
    }

    getTitle(sheet) {
        return sheet.product.name;
    }

    openProduct() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "product.template",
            res_id: this.recordId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("crm_service.product_sheet", ProductSheet);
