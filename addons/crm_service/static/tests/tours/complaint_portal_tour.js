import { registry } from "@web/core/registry";

/** A customer reports a leak from the page of his order and follows it. */
registry.category("web_tour.tours").add("crm_service_complaint_portal_tour", {
    steps: () => [
        {
            trigger: "a.o_crm_service_report",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "form.o_crm_service_new select[name=kind_id]",
            run: "selectByLabel Late delivery",
        },
        {
            trigger: "form.o_crm_service_new input[name^=quantity_]",
            run: "edit 2",
        },
        {
            trigger: "form.o_crm_service_new textarea[name=description]",
            run: "edit It came a week late",
        },
        {
            content: "A wish is asked for: the form comes back with what was typed",
            trigger: "form.o_crm_service_new button.btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "form.o_crm_service_new .text-danger:contains(Please choose what you would like)",
        },
        {
            trigger: "form.o_crm_service_new textarea[name=description]:value(It came a week late)",
        },
        {
            trigger: "form.o_crm_service_new select[name=wish]",
            run: "selectByLabel Discount",
        },
        {
            trigger: "form.o_crm_service_new button.btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_crm_service_status:contains(Received)",
        },
        {
            trigger: ".alert-success:contains(Thank you)",
        },
    ],
});

/** He says on the page that everything is settled. */
registry.category("web_tour.tours").add("crm_service_complaint_confirm_tour", {
    steps: () => [
        {
            trigger: ".o_crm_service_answer textarea[name=words]",
            run: "edit Thank you",
        },
        {
            trigger: ".o_crm_service_answer button[value=confirm]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_crm_service_status:contains(Confirmed)",
        },
    ],
});

/** An agent finds the caller by his number and opens the complaint, without a mouse. */
registry.category("web_tour.tours").add("crm_service_phone_tour", {
    steps: () => [
        {
            trigger: "#crm_service_caller",
            run: "edit +49 30 12345678",
        },
        {
            trigger: ".o_crm_service_caller.table-active:contains(Berg GmbH)",
        },
        {
            trigger: "#crm_service_caller",
            run: "press Enter",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=partner_id] input:value(/Berg GmbH/)",
        },
    ],
});
