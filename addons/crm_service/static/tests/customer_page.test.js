import { expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import "@crm_service/home/sales_home";
import "@crm_service/page/customer_page";

defineMailModels();

const PAGE = {
    customer: { id: 7, name: "Acme", is_archived: false },
    contact: false,
    may_see_figures: true,
    instructions: false,
    headline: [],
    sections: [],
    buttons: [],
    timeline: { entries: [], next: false },
    timeline_filters: [],
};

async function open(tag, params = {}) {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag, name: "Page", params });
    await animationFrame();
}

/** A failure that says nothing to the user; the host shows its dialogue. */
function makeFailure() {
    return makeServerError({ type: "ValueError", message: "Traceback" });
}

test("without a customer the page says the next step", async () => {
    onRpc("crm.customer.page", "get_page", () => expect.step("get_page"));
    await open("crm_service.customer_page");
    expect(".o_crm_page_empty h2").toHaveText("No customer chosen");
    expect.verifySteps([]);
});

test("a refusal is told in place", async () => {
    onRpc("crm.customer.page", "get_page", () => {
        throw makeServerError({ message: "This customer was deleted." });
    });
    await open("crm_service.customer_page", { partner_id: 7 });
    expect(".o_crm_page [role=alert] p").toHaveText("This customer was deleted.");
    expect(".o_crm_page_empty").toHaveCount(0);
});

test("behind a failure of the server the customer stays chosen", async () => {
    expect.errors(1);
    let fails = true;
    onRpc("crm.customer.page", "get_page", () => {
        if (fails) {
            throw makeFailure();
        }
        return PAGE;
    });
    await open("crm_service.customer_page", { partner_id: 7 });
    await animationFrame();
    expect.verifyErrors(["Traceback"]);
    expect(".o_crm_page_empty").toHaveCount(0);
    expect(".o_crm_page [role=alert] p").toHaveText("This page could not be loaded.");
    await click(".modal .modal-footer .btn-primary");
    await animationFrame();
    fails = false;
    await click(".o_crm_page [role=alert] button");
    await animationFrame();
    await animationFrame();
    expect(".o_crm_page header h1").toHaveText("Acme");
    expect(".o_crm_page [role=alert]").toHaveCount(0);
});

test("behind a failure of the server My Day does not go on loading", async () => {
    expect.errors(1);
    onRpc("crm.sales.home", "get_home", () => {
        throw makeFailure();
    });
    await open("crm_service.sales_home");
    await animationFrame();
    expect.verifyErrors(["Traceback"]);
    expect(".o_crm_home [role=status]").toHaveCount(0);
    expect(".o_crm_home [role=alert] p").toHaveText("This page could not be loaded.");
});
