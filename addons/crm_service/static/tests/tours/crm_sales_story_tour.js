import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import {
    HOME,
    choose,
    chooseRows,
    count,
    fact,
    goBack,
    isCalled,
    isIn,
    isPhone,
    onDesk,
    onPhone,
    openApp,
    openMenu,
    openPage,
    openRow,
    press,
    pressBox,
    pressForRows,
    row,
    says,
} from "./crm_sales_story_steps";

/**
 * A salesperson's day and a manager's quarter on the demo story, on a desk and on a
 * phone, in both languages: steps do not depend on them, but for what `says` reads.
 *
 * Figures that the story tells come as cookies (`fact`).
 */

const PAGE = ".o_crm_page";
const TIMELINE = `${PAGE} [data-section=timeline]`;
const SAVED = { trigger: "body:not(:has(.o_form_button_save:visible))" };

function add(name, getSteps) {
    registry.category("web_tour.tours").add(`crm_sales_story_${name}`, { steps: getSteps });
}

// --- A SALESPERSON'S DAY: the customer's page before a call

const WHEELS = "Changfeng Wheels";
const CASTING = "Metalix Die Casting";

function filterTimeline() {
    return [
        says(`${TIMELINE} h2`, "Timeline", "时间线"),
        { trigger: `${TIMELINE} [data-kind=invoice]` },
        says(`${TIMELINE} button[data-filter=touch]`, "Visits and Calls", "走访与电话"),
        { trigger: `${TIMELINE} button[data-filter=touch]`, run: "click" },
        { trigger: `${TIMELINE}:not(:has([data-kind=invoice])) [data-kind=visit]` },
        { trigger: `${TIMELINE} button[data-filter=money]`, run: "click" },
        { trigger: `${TIMELINE}:not(:has([data-kind=visit])) [data-kind=invoice]` },
    ];
}

/** Print, and wait for the file. */
function print() {
    const button = ".o_crm_page_print:visible";
    return [
        {
            trigger: PAGE,
            run: () => {
                const fetchFile = download._download;
                download._download = async (options) => {
                    const name = await fetchFile(options);
                    document.body.dataset.printed = options.data.data;
                    return name;
                };
            },
        },
        ...onPhone({ trigger: "button.o-control-panel-adaptive-dropdown", run: "click" }),
        { trigger: `${isPhone() ? ".o-dropdown--menu " : ""}${button}`, run: "click" },
        { content: "the file is there", trigger: "body[data-printed*=customer_page]" },
    ];
}

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
        { trigger: `${PAGE} header a[name=customer]:contains(${WHEELS})` },
        says(`${PAGE} [data-section=buying] h2`, "What They Buy", "购买情况"),
        { trigger: `${PAGE} [data-figure=orders] .o_crm_page_value:contains(${fact("orders")})` },
        ...onDesk({
            content: "beside the buttons there is room for the name",
            trigger: `.o_last_breadcrumb_item span:contains(${WHEELS})`,
            run: ({ anchor }) => {
                if (anchor.scrollWidth > anchor.clientWidth + 1) {
                    throw new Error(`${anchor.clientWidth} of ${anchor.scrollWidth} pixels`);
                }
            },
        }),
        ...filterTimeline(),
        ...print(),
        ...onDesk({
            content: "back as with the browser's button",
            trigger: `${TIMELINE} [data-kind=invoice]`,
            run: () => window.history.back(),
        }),
        ...onPhone(goBack()),
        { trigger: ".o_form_view .o_field_widget[name=child_ids]" },
        goBack(),
    ];
}

/** Say on one screen what came of it. */
function log(english, chinese, ...steps) {
    const badge = ".modal .o_field_widget[name=outcome_id] .o_selection_badge";
    const outcome = says(badge, english, chinese);
    return [
        says(".o_form_statusbar button[name=action_report]", "Log Result", "记录结果"),
        press("action_report"),
        { ...outcome, run: "click" },
        { trigger: outcome.trigger.replace(badge, `${badge}.active`) },
        ...steps,
        press("action_log", ".modal"),
        isIn("done"),
    ];
}

// --- and the report of a visit, late by some days

function reportVisit() {
    const answer = ".o_field_widget[name=findings_properties] input.o_field_property_input";
    const needs = ".o_field_widget[name=need_ids]";
    return [
        openPage("report"),
        says(".o_field_widget[name=findings_properties]", "Planned volume", "Planned volume"),
        says("div[name=visit_report]", "Competitors", "竞争对手"),
        {
            trigger: ".o_field_widget[name=findings] textarea",
            run: "edit They melt more. 产量增加",
        },
        { content: "answer a question", trigger: `${answer}:first`, run: "edit 1250 && press Tab" },
        { content: "and save", trigger: ".o_form_button_save", run: "click" },
        SAVED,
        goBack(),
        openRow("overdue", CASTING, "Routine Visit"),
        openPage("report"),
        {
            content: "the answer was kept",
            trigger: answer,
            run: ({ anchor }) => {
                if (parseFloat(anchor.value.replace(/,/g, "")) !== 1250) {
                    throw new Error(`“${anchor.value}” is there`);
                }
            },
        },
        openPage("needs"),
        { trigger: `${needs} .o_field_x2many_list_row_add :is(a, button)`, run: "click" },
        {
            trigger: `${needs} .o_selected_row .o_field_widget[name=name] :is(input, textarea)`,
            run: "edit Ingots of 20 kg",
        },
        ...log("Interested", "有意向"),
    ];
}

add("day", () => [
    ...openApp(),
    isCalled("My Day", "我的一天"),
    says(`${HOME} [data-section=overdue] h2`, "Overdue", "逾期"),
    count("today", fact("today")),
    count("overdue", fact("overdue")),
    count("late", fact("late")),
    { trigger: row("late", "Hongyuan Rolling Mill") },
    openRow("today", "Heat analysis of the last lot"),
    ...lookAtCustomer(),
    ...log(
        "Informed",
        "已告知",
        {
            trigger: ".modal .o_field_widget[name=next_step] input",
            run: "edit Send the price list",
        },
        { trigger: ".modal .o_field_widget[name=next_date] :is(input, button)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=next_date] input",
            run: "edit +7d && press Enter",
        },
        { trigger: ".modal .o_field_widget[name=next_kind_id]" }
    ),
    goBack(),
    count("today", fact("today") - 1),
    { trigger: `${HOME} [data-section=today] ${HOME}_done:contains(Heat analysis)` },
    openRow("overdue", CASTING, "Routine Visit"),
    ...reportVisit(),
    goBack(),
    count("overdue", fact("overdue") - 1),
    ...openMenu("crm.crm_menu_sales", "crm_visit_due_menu"),
    isCalled("Due Visits", "到期走访"),
    {
        content: "who put off a visit is due",
        trigger: ".o_data_row:contains(Sunrise Conductors), .o_kanban_record:contains(Sunrise Conductors)",
    },
]);

// --- A MANAGER'S QUARTER

const PERSON = "Chen Wei";
const OTHER = "Marta Novak";

function changeVisits(number, action, english, chinese, ...steps) {
    const field = ".modal .o_field_widget[name=action]";
    return [
        ...chooseRows(number),
        ...pressForRows("button[name]:not([name^=action_])"),
        { trigger: `.modal .o_field_widget[name=visit_count]:contains(${number})` },
        says(field, english, chinese),
        { trigger: `${field} input[data-value=${action}]`, run: "click" },
        ...steps,
        press("action_apply", ".modal"),
        { trigger: "body:not(:has(.modal)) .o_list_view:not(:has(.o_data_row_selected)) .o_data_row" },
    ];
}

add("people", () => [
    ...openApp(),
    { trigger: `${HOME}_who select`, run: `selectByLabel ${fact("person")}` },
    count("today", fact("today")),
    count("overdue", fact("overdue")),
    count("late", fact("late")),
    { trigger: row("today", "Heat analysis of the last lot") },
    ...openMenu("crm.crm_menu_sales", "crm_late_order_menu"),
    isCalled("Late Orders", "逾期订单"),
    {
        trigger: ["data_row", "kanban_record"]
            .map((kind) => `.o_${kind}:contains(Hongyuan):contains(${fact("days")})`)
            .join(", "),
    },
    ...openMenu("crm.crm_menu_report", "crm_visit_coverage_report_menu"),
    isCalled("Visit Coverage", "走访覆盖率"),
    { trigger: `.o_pivot tbody tr:contains(${PERSON})` },
    { trigger: `.o_pivot tbody tr:contains(${OTHER})` },
]);

add("plan", () => [
    ...openApp(),
    ...openMenu("crm_strategy.crm_strategy_menu", "crm_visit_plan_menu"),
    isCalled("Visit Plans", "走访计划"),
    { trigger: ".o_list_button_add", run: "click" },
    { trigger: ".o_field_widget[name=name] input", run: "edit Spring quarter" },
    { trigger: ".o_field_widget[name=period] :is(input, select)", run: "click" },
    { trigger: ".o_select_menu_item:eq(1)", run: "click" },
    { trigger: ".o_field_widget[name=date_from] :is(input, button)", run: "click" },
    { trigger: ".o_field_widget[name=date_from] input", run: "edit +3m && press Enter" },
    ...choose("team_id", fact("team")),
    {
        content: "the team's people are in it",
        trigger: `.o_field_widget[name=person_ids] .o_data_row:contains(${PERSON})`,
    },
    { trigger: ".o_field_widget[name=is_unassigned_included] input", run: "click" },
    { trigger: ".o_form_button_save", run: "click" },
    SAVED,
    says(".o_form_statusbar button[name=action_generate]", "Generate Visits", "生成走访"),
    press("action_generate"),
    isIn("generated"),
    {
        content: "all fit",
        trigger: `.o_field_widget[name=person_ids] .o_data_row:contains(${PERSON}) [name=lacking_count]:text(0)`,
    },
    press("action_schedule"),
    { trigger: ".modal-footer .btn-primary", run: "click" },
    isIn("active"),
    ...pressBox("action_open_visits"),
    says(".o_list_view th[data-name=partner_id]", "Customer", "客户"),
    ...chooseRows(2),
    ...pressForRows("button[name=action_confirm]"),
    { trigger: ".o_list_view:not(:has(.o_data_row_selected)) .o_data_row" },
    ...changeVisits(
        2,
        "reassign",
        "Give to Another Person",
        "交给他人",
        ...choose("user_id", OTHER, ".modal")
    ),
    ...changeVisits(
        3,
        "swap",
        "Swap Two People",
        "两人对调",
        ...choose("user_id", PERSON, ".modal"),
        ...choose("other_user_id", OTHER, ".modal")
    ),
]);
