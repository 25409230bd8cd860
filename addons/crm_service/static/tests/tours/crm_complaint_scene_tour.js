import { registry } from "@web/core/registry";

/** The whole scene of a complaint, each person in turn; no step depends on the language. */

const TITLE = "The parcel leaked";

function add(name, steps) {
    registry.category("web_tour.tours").add(`crm_complaint_scene_${name}`, { steps: () => steps });
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

add("report", [
    {
        content: "from the order to the form",
        trigger: "a.o_crm_service_report",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "leakage in transport is the first kind",
        trigger: "form.o_crm_service_new select[name=kind_id]",
        run: "selectByIndex 1",
    },
    { trigger: "form.o_crm_service_new input[name^=quantity_]", run: "edit 4" },
    { trigger: "form.o_crm_service_new select[name^=lot_]", run: "selectByIndex 1" },
    { trigger: "form.o_crm_service_new input[name=title]", run: `edit ${TITLE}` },
    {
        trigger: "form.o_crm_service_new textarea[name=description]",
        run: "edit Four pails have leaked into the box. 桶漏了",
    },
    { trigger: "form.o_crm_service_new select[name=wish]", run: "select replacement" },
    { trigger: "form.o_crm_service_new input[name=pictures]", run: choosePicture },
    {
        trigger: "form.o_crm_service_new button.btn-primary",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "received, with its number and the way it goes",
        trigger: ".o_crm_service_complaint .alert-success strong:contains(CMP/)",
    },
    { trigger: ".o_crm_service_steps li:first .fa-check-circle" },
    { trigger: ".o_crm_service_steps li:last .fa-circle-o" },
]);

add("look", [
    {
        content: "what she gets, and how it is sent",
        trigger: ".o_crm_service_complaint .o_crm_service_remedies li:contains(240.00)",
    },
    { trigger: ".o_crm_service_steps li:last .fa-check-circle" },
]);

// --- AGENT

add("intake", [
    {
        trigger: `.o_kanban_record:contains(${TITLE})`,
        run: "click",
    },
    press("action_take"),
    isIn("progress"),
    openPage("customer"),
    { trigger: ".o_crm_service_panel [name=tenure]:contains(5)" },
    { trigger: ".o_crm_service_panel [name=order_count]:contains(27)" },
    { trigger: ".o_crm_service_panel [name=amount]:contains(20,800.00)" },
    { trigger: ".o_crm_service_panel [name=due]:contains(1,590.00)" },
    { trigger: ".o_crm_service_panel [name=overdue]:contains(900.00)" },
    { trigger: ".o_crm_service_panel [name=open_orders] .text-danger:contains(4)" },
    { trigger: ".o_crm_service_panel:not(:has([name=margin]))" },
    openPage("stock"),
    { trigger: "table[name=stock] tbody tr:contains(North):contains(35)" },
    { trigger: "table[name=stock] tbody tr:contains(South):contains(8)" },
    openPage("decision"),
    press("action_propose", "[name=decision_buttons]"),
    {
        content: "above 200 the head of service decides",
        trigger: ".o_field_widget[name=remedy_ids] .o_data_row [name=verdict] .text-bg-warning",
    },
]);

// --- HEAD OF SERVICE

add("decide", [
    openPage("decision"),
    { trigger: ".o_crm_decision_panel" },
    {
        content: "look at the remedy",
        trigger: ".o_field_widget[name=remedy_ids] .o_data_row .o_data_cell[name=amount]",
        run: "click",
    },
    { trigger: ".modal .o_field_widget[name=line_ids] .o_data_row:contains(4)" },
    { trigger: ".modal .modal-footer .o_form_button_cancel", run: "click" },
    {
        trigger: "body:not(:has(.modal)) .o_form_statusbar button[name=action_decide]",
        run: "click",
    },
    isIn("decided"),
    { trigger: ".o_field_widget[name=remedy_ids] .o_data_row [name=state] .text-bg-info" },
    openPage("steps"),
    { trigger: ".o_field_widget[name=step_ids] .o_data_row:eq(1)" },
    openPage("stock"),
    {
        content: "35 were free when it was decided, 31 are now",
        trigger: "table[name=stock] tbody tr:contains(North):contains(31):contains(35)",
    },
]);

// --- WAREHOUSE AND FINANCE

add("held", [
    press("button_validate"),
    { content: "not before finance", trigger: ".modal .o_error_dialog, .modal.o_error_dialog" },
    { trigger: ".modal .modal-footer button.btn-primary", run: "click" },
    isIn("assigned"),
]);

add("approve", [
    { trigger: ".o_data_row:contains(Baltic Boats) .o_data_cell[name=task_name]", run: "click" },
    { trigger: ".o_field_widget[name=products]:contains(Scene sealing compound)" },
    press("action_done"),
    isIn("done"),
]);

add("ship", [
    { trigger: ".o_data_row:contains(Baltic Boats) .o_data_cell[name=task_name]", run: "click" },
    press("action_open_document", ".o_action"),
    {
        trigger: ".o_form_statusbar button[name=button_validate]:visible",
        run: "click",
    },
    isIn("done"),
]);

// --- AGENT: CALLS AND THE RESULT

add("tell", [
    {
        trigger: `.o_data_row:contains(${TITLE}):contains(+46 8 555 02 02) .o_data_cell[name=title]`,
        run: "click",
    },
    isIn("inform"),
    press("action_log_call"),
    { trigger: ".modal .o_field_widget[name=phone] input:value(+46 8 555 02 02)" },
    { trigger: ".modal [name=script] .o_field_widget[name=script]:contains(CMP/)" },
    press("action_told", ".modal"),
    isIn("follow_up"),
]);

add("close", [
    press("action_log_call"),
    press("action_received", ".modal"),
    isIn("confirmed"),
    openPage("result"),
    {
        trigger: ".o_field_widget[name=result] input, .o_field_widget[name=result] select",
        run: "click",
    },
    { trigger: ".o_select_menu_item:eq(0)", run: "click" },
    {
        trigger: ".o_field_widget[name=result_note] textarea",
        run: "edit Four pails sent again",
    },
    press("action_close"),
    isIn("closed"),
]);

// --- THE CUSTOMER, BY THE LINK OF THE E-MAIL

add("rate", [
    { trigger: ".o_survey_form button[value=start]:not(.disabled)", run: "click" },
    { trigger: ".o_survey_form .o_survey_choice_btn:has(input[value='5'])", run: "click" },
    {
        trigger: ".o_survey_form button[type=submit]:not([value=start]):not(.disabled)",
        run: "click",
    },
    { trigger: ".modal .modal-footer .btn-primary", run: "click" },
    { trigger: ".o_survey_finished" },
]);
