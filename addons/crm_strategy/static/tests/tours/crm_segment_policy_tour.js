import { registry } from "@web/core/registry";

/** Choose a record in a many2one field of the open form. */
function choose(field, name, within = "") {
    return [
        {
            content: `choose ${name}`,
            trigger: `${within} .o_field_widget[name=${field}] input`,
            run: `edit ${name}`,
        },
        {
            trigger: `.o-autocomplete--dropdown-item:contains(${name})`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("crm_segment_policy_tour", {
    steps: () => [
        {
            content: "open the policy of the segment",
            trigger: ".o_form_view a[name=policy]",
            run: "click",
        },
        ...choose("service_level_id", "Gold"),
        ...choose("pricelist_id", "Mill prices"),
        {
            content: "add a condition from the library",
            trigger: "button:contains(Add a Condition)",
            run: "click",
        },
        ...choose("condition_id", "Can be reached by e-mail", ".modal"),
        {
            content: "the count is there before anything changes",
            trigger: ".modal .o_field_widget[name=customer_count]:contains(1)",
        },
        {
            trigger: ".modal button[name=action_add]",
            run: "click",
        },
        {
            content: "the rule now has the condition",
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=domain]:contains(Email)",
        },
        {
            content: "go to a new quotation",
            trigger: "body",
            run: () => {
                window.location.href = "/odoo/action-sale.action_quotations/new";
            },
            expectUnloadPage: true,
        },
        ...choose("partner_id", "Mill"),
        {
            content: "the quotation says where its pricelist comes from",
            trigger: ".o_field_widget[name=crm_pricelist_source]:contains(Tour mills)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});

registry.category("web_tour.tours").add("crm_customer_policy_tour", {
    steps: () => [
        {
            content: "open the customer's page",
            trigger: ".o_form_view a[name=crm_customer]",
            run: "click",
        },
        {
            content: "see the policy of the segment",
            trigger: ".o_field_widget[name=crm_pricelist_id]:contains(Mill prices)",
        },
        {
            trigger: "button[name=action_open_crm_policy]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=reason] input",
            run: "edit Framework contract",
        },
        ...choose("pricelist_id", "Own prices"),
        {
            content: "give instructions",
            trigger: ".o_field_widget[name=special_instructions] textarea",
            run: "edit Call first",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
        {
            content: "back to the customer",
            trigger: ".breadcrumb-item.o_back_button a, .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_form_view a[name=crm_customer]",
            run: "click",
        },
        {
            content: "his own policy wins and shows as the source",
            trigger: ".o_field_widget[name=crm_pricelist_id]:contains(Own prices)",
        },
        {
            trigger:
                ".o_field_widget[name=crm_special_instructions]:contains(Call first)",
        },
    ],
});
