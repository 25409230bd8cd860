import { registry } from "@web/core/registry";

/**
 * A salesperson's day and a manager's quarter, on a desk and on a phone; no step
 * depends on the language.
 */

const HOME = ".o_crm_home";
const CUSTOMER = "Harbour Foundry";
const BACK = { trigger: ".breadcrumb-item.o_back_button a, button.o_back_button", run: "click" };

function add(name, getSteps) {
    registry.category("web_tour.tours").add(`crm_sales_scene_${name}`, { steps: getSteps });
}

function isPhone() {
    return window.innerWidth < 768;
}

/** Steps that only a phone or only a desk needs. */
function onPhone(...steps) {
    return isPhone() ? steps : [];
}

function onDesk(...steps) {
    return isPhone() ? [] : steps;
}

function count(tile, number) {
    return { trigger: `${HOME}_tile[data-tile=${tile}] ${HOME}_count:text(${number})` };
}

function openRow(section, text) {
    return {
        trigger: `${HOME} [data-section=${section}] .o_crm_home_row:contains(${text}) .o_crm_home_open`,
        run: "click",
    };
}

function openPage(name) {
    return { trigger: `.o_form_view .o_notebook .nav-link[name=${name}]`, run: "click" };
}

/** A phone shows the state as a text, and keeps the bar with its values hidden. */
function isIn(state) {
    const current = `.o_statusbar_status button[data-value=${state}].o_arrow_button_current`;
    return {
        content: `now it is ${state}`,
        trigger: `body:not(:has(.modal)) ${current}${isPhone() ? ":not(:visible)" : ""}`,
    };
}

/** The button of a form's box, which may stand below "More". */
function pressBox(name) {
    return [
        {
            trigger: ".o_form_view .o-form-buttonbox:visible",
            run: ({ anchor }) => {
                if (!anchor.querySelector(`[name=${name}]`)) {
                    anchor.querySelector(".o_button_more").click();
                }
            },
        },
        { trigger: `.o-form-buttonbox button[name=${name}]:visible`, run: "click" },
    ];
}

function press(name, scope = ".o_form_statusbar") {
    return { trigger: `${scope} button[name=${name}]:visible`, run: "click" };
}

/** Say on one screen what came of it. */
function log(...steps) {
    const badge = ".modal .o_field_widget[name=outcome_id] .o_selection_badge:contains(Wants 12 t)";
    return [
        press("action_report"),
        { trigger: badge, run: "click" },
        { trigger: `${badge}.active` },
        ...steps,
        press("action_log", ".modal"),
        isIn("done"),
    ];
}

// --- A SALESPERSON'S DAY

function lookAtCustomer() {
    return [
        {
            content: "from the call to the customer",
            trigger: ".o_field_widget[name=partner_id] input",
            run: "click",
        },
        { trigger: ".o_field_widget[name=partner_id] .o_external_button", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=child_ids]" },
        ...pressBox("action_open_customer_page"),
        { trigger: `.o_crm_page header a[name=customer]:contains(${CUSTOMER})` },
        { trigger: ".o_crm_page [data-figure=orders]:contains(3)" },
        {
            content: "back as with the browser's button",
            trigger: ".o_crm_page [data-section=timeline] [data-kind=visit]",
            run: () => window.history.back(),
        },
        { trigger: ".o_form_view .o_field_widget[name=child_ids]" },
        BACK,
    ];
}

function reportVisit() {
    const needs = ".o_field_widget[name=need_ids]";
    return [
        openPage("report"),
        {
            trigger: ".o_field_widget[name=findings] textarea",
            run: "edit They melt more. 产量增加",
        },
        {
            content: "answer the question",
            trigger: ".o_field_widget[name=findings_properties] input.o_field_property_input",
            run: "edit 1250 && press Tab",
        },
        openPage("needs"),
        {
            trigger: `${needs} .o_field_x2many_list_row_add :is(a, button)`,
            run: "click",
        },
        {
            trigger: `${needs} .o_selected_row .o_field_widget[name=name] :is(input, textarea)`,
            run: "edit Ingots of 20 kg",
        },
        ...log(),
    ];
}

add("day", () => [
    count("today", 1),
    count("overdue", 1),
    count("late", 1),
    { trigger: `${HOME} [data-section=late] .o_crm_home_row:contains(${CUSTOMER})` },
    openRow("overdue", "Ask for volumes"),
    ...lookAtCustomer(),
    ...log(
        { trigger: ".modal .o_field_widget[name=next_step] input", run: "edit Send the price list" },
        { trigger: ".modal .o_field_widget[name=next_date] :is(input, button)", run: "click" },
        { trigger: ".modal .o_field_widget[name=next_date] input", run: "edit +7d && press Enter" },
        { trigger: ".modal .o_field_widget[name=next_kind_id]" }
    ),
    BACK,
    count("overdue", 0),
    openRow("today", CUSTOMER),
    ...reportVisit(),
    BACK,
    { trigger: `${HOME} [data-section=today] .o_crm_home_done:contains(${CUSTOMER})` },
    count("today", 0),
    count("late", 1),
]);

// --- A MANAGER'S QUARTER

/** Choose a record by its name; a phone shows all of them in a dialog. */
function choose(name, text) {
    const input = `.o_field_widget[name=${name}] input`;
    const item = `.o-autocomplete--dropdown-item:contains(${text})`;
    return [
        ...onDesk({ trigger: input, run: `edit ${text}` }, { trigger: item, run: "click" }),
        ...onPhone(
            { trigger: input, run: "click" },
            { trigger: `.modal .o_kanban_record:contains(${text})`, run: "click" },
            { trigger: `body:not(:has(.modal)) ${input}` }
        ),
    ];
}

add("plan", () => [
    { trigger: ".o_list_button_add", run: "click" },
    { trigger: ".o_field_widget[name=name] input", run: "edit Scene quarter" },
    { trigger: ".o_field_widget[name=period] :is(input, select)", run: "click" },
    { trigger: ".o_select_menu_item:eq(1)", run: "click" },
    { trigger: ".o_field_widget[name=date_from] :is(input, button)", run: "click" },
    { trigger: ".o_field_widget[name=date_from] input", run: "edit +0d && press Enter" },
    ...choose("team_id", "Scene sales"),
    {
        content: "the team's people are in it",
        trigger: ".o_field_widget[name=person_ids] .o_data_row:contains(Scene Ben)",
    },
    { trigger: ".o_field_widget[name=is_unassigned_included] input", run: "click" },
    { trigger: ".o_form_button_save", run: "click" },
    press("action_generate"),
    isIn("generated"),
    {
        content: "five of hers fit",
        trigger:
            ".o_field_widget[name=person_ids] .o_data_row:contains(Scene Anna) [name=planned_count]:text(5)",
    },
    {
        trigger:
            ".o_field_widget[name=person_ids] .o_data_row:contains(Scene Ben) [name=lacking_count]:text(0)",
    },
    press("action_schedule"),
    { trigger: ".modal-footer .btn-primary", run: "click" },
    isIn("active"),
]);

/** Choose rows of a list: by their boxes, on a phone by holding them. */
function choosesRows(number) {
    const steps = [];
    for (let row = 0; row < number; row++) {
        steps.push(
            ...onDesk({
                trigger: `.o_data_row:eq(${row}) .o_list_record_selector input`,
                run: "click",
            }),
            ...onPhone({
                trigger: `.o_data_row:eq(${row})`,
                run: async ({ anchor }) => {
                    const touch = new Touch({ identifier: 1, target: anchor });
                    const init = { bubbles: true, touches: [touch], changedTouches: [touch] };
                    anchor.dispatchEvent(new TouchEvent("touchstart", init));
                    await new Promise((resolve) => setTimeout(resolve, 600));
                    anchor.dispatchEvent(new TouchEvent("touchend", init));
                },
            }),
            { trigger: `.o_data_row_selected:eq(${row})` }
        );
    }
    return steps;
}

/** A button for the chosen rows; a phone has them below the cog. */
function pressForRows(button) {
    return [
        ...onPhone(
            { trigger: ".o_cp_action_menus .dropdown-toggle, .o_cp_action_menus button", run: "click" },
            { trigger: `.o-dropdown--menu ${button}:visible`, run: "click" }
        ),
        ...onDesk({ trigger: `.o_control_panel .o_selection_container ${button}`, run: "click" }),
    ];
}

add("shift", () => [
    ...pressBox("action_open_visits"),
    { trigger: ".o_list_view .o_data_row:eq(7)" },
    ...choosesRows(8),
    ...pressForRows("button[name=action_confirm]"),
    {
        content: "all dates are agreed",
        trigger: ".o_list_view:not(:has(.o_data_row_selected)) .o_data_row:eq(7)",
    },
    ...choosesRows(2),
    ...pressForRows("button[name]:not([name^=action_])"),
    { trigger: ".modal .o_field_widget[name=visit_count]:contains(2)" },
    { trigger: ".modal .o_field_widget[name=days] input:value(7)" },
    press("action_apply", ".modal"),
    { trigger: "body:not(:has(.modal)) .o_list_view .o_data_row:eq(7)" },
]);

add("coverage", () => [
    { trigger: ".o_pivot tbody tr:contains(Scene Anna)" },
    { trigger: ".o_pivot tbody tr:contains(Scene Ben)" },
]);

add("late", () => [
    {
        trigger: `.o_data_row:contains(${CUSTOMER}):contains(4), .o_kanban_record:contains(${CUSTOMER}):contains(4)`,
    },
]);

add("person", () => [
    { trigger: `${HOME}_who select`, run: "selectByLabel Scene Anna" },
    count("today", 1),
    count("overdue", 1),
    count("late", 1),
    { trigger: `${HOME} [data-section=today] .o_crm_home_row:contains(${CUSTOMER})` },
]);
