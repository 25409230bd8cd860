import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_approval_tour", {
    steps: () => [
        {
            content: "two cards wait for me, with what the rule objects to",
            trigger:
                ".o_kanban_record:contains(Tour Large):contains('below 8.0 %'):contains('1,000.00')",
        },
        {
            content: "nothing runs out of the narrow page",
            trigger: ".o_kanban_renderer",
            run: () => {
                const page = document.querySelector(".o_content");
                if (page.scrollWidth > page.clientWidth + 1) {
                    throw new Error("The page is wider than the phone.");
                }
            },
        },
        {
            content: "return the first with a reason",
            trigger: ".o_kanban_record:contains(Tour Small) button[name=action_ask_return]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Ask for more",
        },
        {
            trigger: ".modal button[name=action_apply]:visible",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_kanban_renderer:not(:contains(Tour Small))",
        },
        {
            content: "approve the second with one tap",
            trigger: ".o_kanban_record:contains(Tour Large) button[name=action_approve]",
            run: "click",
        },
        {
            content: "nothing is left",
            trigger: ".o_view_nocontent:contains(Nothing waits for your approval)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_approval_request_tour", {
    steps: () => [
        {
            trigger: ".alert-warning:contains(Needs approval)",
        },
        {
            trigger: "button[name=action_request_approval]",
            run: "click",
        },
        {
            trigger: ".alert-info:contains(Waiting for approval)",
        },
        {
            trigger: ".o_notebook .nav-link[name=approval]",
            run: "click",
        },
        {
            content: "the log names who is asked",
            trigger: ".o_field_widget[name=approval_step_ids] .o_data_row:contains(app_lead)",
        },
    ],
});
