import { registry } from "@web/core/registry";
import { openScreen } from "@crm_strategy/../tests/tours/crm_tour_steps";

/**
 * The whole scene of a complaint on the demo story, each person in turn.
 *
 * Mr Zhang has bought three boxes of cleaner; two leaked and were sent again. Now the
 * third one leaks. Steps do not depend on the language, but for what ``says`` reads.
 */

const TITLE = "第三箱也漏了 The third box leaks too";
const CUSTOMER = "张先生";
const PHONE = "+86 371 5555 1009";

/**
 * One tour for readers of English, one for readers of Chinese.
 *
 * @param {Function} getSteps of ``says(place, english, chinese)``: what a place reads
 */
function add(name, getSteps) {
    const tours = registry.category("web_tour.tours");
    ["en", "zh"].forEach((lang, index) => {
        const says = (place, ...texts) => ({ trigger: `${place}:contains(${texts[index]})` });
        tours.add(`crm_complaint_scene_${name}_${lang}`, { steps: () => getSteps(says) });
    });
}

/** From the app's icon to a screen, as a person goes; the app may open with the same. */
function openMenu(menu) {
    const app = ".o_app[data-menu-xmlid='crm_service.crm_service_menu_root']";
    const entry = `.o_menu_sections [data-menu-xmlid='crm_service.${menu}']`;
    return [
        ...openScreen(
            { trigger: ".o_navbar_apps_menu button", run: "click" },
            { trigger: app, run: "click" }
        ),
        ...openScreen({ trigger: entry, run: "click" }),
    ];
}

function openCard(text) {
    return { trigger: `.o_kanban_record:contains(${text})`, run: "click" };
}

function openRow(text, cell) {
    return { trigger: `.o_data_row:contains(${text}) .o_data_cell[name=${cell}]`, run: "click" };
}

function openPage(name) {
    return { trigger: `.o_form_view .o_notebook .nav-link[name=${name}]`, run: "click" };
}

function press(button, scope = ".o_form_statusbar") {
    return { trigger: `${scope} button[name=${button}]:visible`, run: "click" };
}

function isIn(state) {
    return {
        content: `now it is ${state}`,
        trigger: `body:not(:has(.modal)) .o_statusbar_status button[data-value=${state}].o_arrow_button_current`,
    };
}

/** Follow a link of the portal to another page. */
function follow(trigger, content) {
    return { content, trigger, run: "click", expectUnloadPage: true };
}

/** Find the cause by its code, and choose it by the name that the reader sees. */
function chooseCause(says) {
    const input = ".modal .o_field_widget[name=cause_id] input";
    const item = says(".o-autocomplete--dropdown-item", "Seal or Closure", "密封或封口");
    return [
        { trigger: input, run: "edit packaging_seal" },
        { ...item, run: "click" },
        { ...item, trigger: item.trigger.replace(/.*contains/, `${input}:value`) },
    ];
}

/** Put a picture, drawn here, into the file input. */
async function choosePicture({ anchor }) {
    const canvas = document.createElement("canvas");
    canvas.width = 40;
    canvas.height = 30;
    canvas.getContext("2d").fillRect(5, 5, 20, 20);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], "parcel.png", { type: "image/png" }));
    anchor.files = transfer.files;
}

// --- THE CUSTOMER

add("report", (says) => [
    follow(".o_portal_docs a[href^='/my/orders']:visible", "from his orders"),
    follow(".o_portal_my_doc_table a:contains(F-000899)", "to the order"),
    follow("a.o_crm_service_report", "to the form"),
    {
        content: "leakage in transport is the first kind",
        trigger: "form.o_crm_service_new select[name=kind_id]",
        run: "selectByIndex 1",
    },
    { trigger: "form.o_crm_service_new input[name^=quantity_]", run: "edit 1" },
    { trigger: "form.o_crm_service_new input[name=title]", run: `edit ${TITLE}` },
    {
        trigger: "form.o_crm_service_new textarea[name=description]",
        run: "edit Opened today: it has leaked as well. 今天打开，也漏了。",
    },
    { trigger: "form.o_crm_service_new select[name=wish]", run: "select replacement" },
    { trigger: "form.o_crm_service_new input[name=pictures]", run: choosePicture },
    follow("form.o_crm_service_new button.btn-primary"),
    {
        content: "received, with its number and the way it goes",
        trigger: ".o_crm_service_complaint .alert-success strong:contains(CMP/)",
    },
    says(".o_crm_service_complaint .alert-success", "We have received", "我们已收到您的投诉"),
    { trigger: ".o_crm_service_steps li:first .fa-check-circle" },
    { trigger: ".o_crm_service_steps li:last .fa-circle-o" },
]);

add("rate", (says) => [
    follow(".o_portal_docs a[href^='/my/complaints']:visible"),
    says(`.o_portal_my_doc_table tr:contains(${TITLE}) .badge`, "Closed", "已关闭"),
    follow(`.o_portal_my_doc_table tr:contains(${TITLE}) a`),
    { trigger: ".o_crm_service_complaint .o_crm_service_remedies li:contains(264.00)" },
    {
        content: "every step is ticked",
        trigger: ".o_crm_service_steps:not(:has(.fa-circle-o)) li:last .fa-check-circle",
    },
    follow(".o_crm_service_complaint a[href*='survey/start/']"),
    { trigger: ".o_survey_form button[value=start]:not(.disabled)", run: "click" },
    { trigger: ".o_survey_form .o_survey_choice_btn:has(input[value='5'])", run: "click" },
    {
        trigger: ".o_survey_form button[type=submit]:not([value=start]):not(.disabled)",
        run: "click",
    },
    { trigger: ".modal .modal-footer .btn-primary", run: "click" },
    { trigger: ".o_survey_finished" },
]);

// --- AGENT

add("intake", (says) => [
    ...openMenu("crm_complaint_menu"),
    openCard(TITLE),
    press("action_take"),
    isIn("progress"),
    openPage("customer"),
    says(".o_crm_service_panel", "Customer for", "合作时长"),
    { trigger: ".o_crm_service_panel [name=tenure]:contains(5)" },
    { trigger: ".o_crm_service_panel [name=order_count]:text(27)" },
    { trigger: ".o_crm_service_panel [name=amount]:contains(20,602.00)" },
    { trigger: ".o_crm_service_panel [name=due]:contains(864.00)" },
    { trigger: ".o_crm_service_panel:not(:has([name=overdue])):not(:has([name=margin]))" },
    { trigger: ".o_crm_service_panel [name=open_orders] tbody tr:only-child:contains(0 %)" },
    {
        content: "what was granted for the other two boxes",
        trigger: ".o_crm_service_panel [name=complaints] tr:contains(Parcel leaked):contains(528.00)",
    },
    openPage("stock"),
    { trigger: "table[name=stock] tbody tr:contains(Zhengzhou):contains(237)" },
    openPage("decision"),
    press("action_propose", "[name=decision_buttons]"),
    {
        content: "above 200 the head of service decides",
        trigger: ".o_field_widget[name=remedy_ids] .o_data_row [name=verdict] .text-bg-warning",
    },
]);

add("tell", (says) => [
    ...openMenu("crm_complaint_menu_follow_up"),
    says(".o_control_panel", "Follow-Up Calls", "回访"),
    { trigger: `.o_data_row:contains(${TITLE}):contains(${PHONE})` },
    openRow(TITLE, "title"),
    isIn("inform"),
    press("action_log_call"),
    { trigger: `.modal .o_field_widget[name=phone] input:value(${PHONE})` },
    { trigger: ".modal [name=script] .o_field_widget[name=script]:contains(CMP/)" },
    press("action_told", ".modal"),
    isIn("follow_up"),
]);

add("close", (says) => [
    ...openMenu("crm_complaint_menu_follow_up"),
    openRow(TITLE, "title"),
    isIn("follow_up"),
    press("action_log_call"),
    press("action_received", ".modal"),
    isIn("confirmed"),
    press("action_ask_close"),
    {
        trigger: ".modal .o_field_widget[name=result] :is(input, select)",
        run: "click",
    },
    { trigger: ".o_select_menu_item:eq(0)", run: "click" },
    ...chooseCause(says),
    {
        trigger: ".modal .o_field_widget[name=result_note] textarea",
        run: "edit One box sent again",
    },
    press("action_close", ".modal"),
    isIn("closed"),
]);

// --- HEAD OF SERVICE

add("decide", (says) => [
    ...openMenu("crm_complaint_menu"),
    openCard(TITLE),
    openPage("decision"),
    { trigger: ".o_crm_decision_panel" },
    says(".o_form_statusbar button[name=action_decide]", "Decide", "作出决定"),
    press("action_decide"),
    isIn("decided"),
    { trigger: ".o_field_widget[name=remedy_ids] .o_data_row [name=state] .text-bg-info" },
    openPage("steps"),
    { trigger: ".o_field_widget[name=step_ids] .o_data_row:eq(1)" },
    openPage("stock"),
    {
        content: "237 were free when it was decided, 236 are now",
        trigger: "table[name=stock] tbody tr:contains(Zhengzhou):contains(236):contains(237)",
    },
]);

// --- FINANCE AND WAREHOUSE

add("approve", (says) => [
    ...openMenu("crm_complaint_step_menu"),
    openRow(CUSTOMER, "task_name"),
    says(".o_field_widget[name=products]", "Household cleaner", "家用清洁剂"),
    says(".o_form_statusbar button[name=action_done]", "Approve", "批准"),
    press("action_done"),
    isIn("done"),
]);

add("ship", (says) => [
    ...openMenu("crm_complaint_step_menu"),
    says(".o_control_panel", "My Steps", "我的步骤"),
    openRow(CUSTOMER, "task_name"),
    press("action_open_document", ".o_action"),
    press("button_validate"),
    isIn("done"),
]);
