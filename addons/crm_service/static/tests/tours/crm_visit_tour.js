import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_visit_plan_tour", {
    steps: () => [
        {
            content: "open the plan",
            trigger: ".o_data_row .o_data_cell:contains(Tour plan)",
            run: "click",
        },
        {
            content: "propose the visits",
            trigger: "button[name=action_generate]:contains(Generate Visits)",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Generated)",
        },
        {
            content: "put them into calendars",
            trigger: "button[name=action_schedule]:contains(Schedule Visits)",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Active)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_visit_report_tour", {
    steps: () => [
        {
            content: "the visit, and what it is about",
            trigger: ".o_form_view .nav-link[name=visit]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=purpose] input",
            run: "edit Agree on volumes",
        },
        {
            trigger: ".o_form_view .nav-link[name=report]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=findings] textarea",
            run: "edit They want wider coils",
        },
        {
            trigger: ".o_field_widget[name=competitor_note] textarea",
            run: "edit Smelter B is cheaper",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_form_button_save:visible))",
        },
    ],
});
