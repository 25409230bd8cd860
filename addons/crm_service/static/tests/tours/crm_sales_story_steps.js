import { user } from "@web/core/user";

/** Steps of the stories of sales; they know a desk from a phone. */

export const HOME = ".o_crm_home";

export function fact(name) {
    return document.cookie.match(`story_${name}=([^;]*)`)[1];
}

export function isPhone() {
    return window.innerWidth < 768;
}

/** Steps that only a phone or only a desk needs. */
export function onPhone(...steps) {
    return isPhone() ? steps : [];
}

export function onDesk(...steps) {
    return isPhone() ? [] : steps;
}

/** The screen is in the reader's language. */
export function says(place, english, chinese) {
    const text = user.lang.startsWith("zh") ? chinese : english;
    return { trigger: `${place}:contains(${text})` };
}

/** So is its title; a phone shows it in the bar at the top. */
export function isCalled(english, chinese) {
    return says(`${isPhone() ? ".o_main_navbar" : ".o_control_panel"} .o_breadcrumb`, english, chinese);
}

// --- GETTING ABOUT

/** Open the app by its icon, as after signing in. */
export function openApp() {
    const app = ".o_app[data-menu-xmlid='crm.crm_menu_root']";
    return [
        ...onDesk(
            { trigger: ".o_navbar_apps_menu button", run: "click" },
            { trigger: app, run: "click" }
        ),
        ...onPhone(
            { trigger: ".o_menu_toggle", run: "click" },
            {
                trigger: ".o_app_menu_sidebar .o_burger_menu_content",
                run: () => {
                    if (!document.querySelector(`.o_app_menu_sidebar ${app}`)) {
                        document.querySelector(".o_app_menu_sidebar .o_sidebar_topbar a").click();
                    }
                },
            },
            { trigger: `.o_app_menu_sidebar ${app}`, run: "click" },
            { trigger: "body:not(:has(.o_app_menu_sidebar))" }
        ),
        { content: "it begins with the day", trigger: `${HOME}_tile` },
    ];
}

/** From the app's menu to a screen. */
export function openMenu(section, menu) {
    const entry = `[data-menu-xmlid='crm_service.${menu}']`;
    return [
        ...onDesk(
            { trigger: `.o_menu_sections button[data-menu-xmlid='${section}']`, run: "click" },
            { trigger: `.o-dropdown--menu ${entry}`, run: "click" }
        ),
        ...onPhone(
            { trigger: ".o_menu_toggle", run: "click" },
            { trigger: `.o_app_menu_sidebar ${entry}`, run: "click" },
            { trigger: "body:not(:has(.o_app_menu_sidebar))" }
        ),
    ];
}

export function goBack() {
    return {
        trigger: ".breadcrumb-item.o_back_button a, button.o_back_button",
        run: "click",
    };
}

export function openPage(name) {
    return { trigger: `.o_form_view .o_notebook .nav-link[name=${name}]`, run: "click" };
}

/** A phone shows the state as a text, and keeps the bar with its values hidden. */
export function isIn(state) {
    const current = `.o_statusbar_status button[data-value=${state}].o_arrow_button_current`;
    return {
        content: `now it is ${state}`,
        trigger: `body:not(:has(.modal)) ${current}${isPhone() ? ":not(:visible)" : ""}`,
    };
}

export function press(name, scope = ".o_form_statusbar") {
    return { trigger: `${scope} button[name=${name}]:visible`, run: "click" };
}

/** The button of a form's box, which may stand below "More". */
export function pressBox(name) {
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

// --- MY DAY

export function count(tile, number) {
    return { trigger: `${HOME}_tile[data-tile=${tile}] ${HOME}_count:text(${number})` };
}

export function row(section, ...texts) {
    const contains = texts.map((text) => `:contains(${text})`).join("");
    return `${HOME} [data-section=${section}] ${HOME}_row${contains}`;
}

export function openRow(section, ...texts) {
    return { trigger: `${row(section, ...texts)} ${HOME}_open`, run: "click" };
}

// --- RECORDS AND ROWS

/** Choose a record by its name; a phone shows all of them in a dialog. */
export function choose(name, text, scope = "") {
    const input = `${scope} .o_field_widget[name=${name}] input`.trim();
    const card = `.modal .o_kanban_record:contains(${text})`;
    return [
        ...onDesk(
            { trigger: input, run: `edit ${text}` },
            { trigger: `.o-autocomplete--dropdown-item:contains(${text})`, run: "click" }
        ),
        ...onPhone(
            { trigger: input, run: "click" },
            { trigger: card, run: "click" },
            { trigger: `body:not(:has(.modal .o_kanban_record)) ${input}` }
        ),
        {
            content: "it is chosen",
            trigger: input,
            run: async ({ anchor }) => {
                for (let turn = 0; turn < 50 && !anchor.value.includes(text); turn++) {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
            },
        },
    ];
}

/** Choose rows of a list: by their boxes, on a phone by holding them. */
export function chooseRows(number) {
    const steps = [];
    for (let index = 0; index < number; index++) {
        steps.push(
            ...onDesk({
                trigger: `.o_data_row:eq(${index}) .o_list_record_selector input`,
                run: "click",
            }),
            ...onPhone({
                trigger: `.o_data_row:eq(${index})`,
                run: async ({ anchor }) => {
                    const touch = new Touch({ identifier: 1, target: anchor });
                    const init = { bubbles: true, touches: [touch], changedTouches: [touch] };
                    anchor.dispatchEvent(new TouchEvent("touchstart", init));
                    await new Promise((resolve) => setTimeout(resolve, 600));
                    anchor.dispatchEvent(new TouchEvent("touchend", init));
                },
            }),
            { trigger: `.o_data_row_selected:eq(${index})` }
        );
    }
    return steps;
}

/** A button for the chosen rows; a phone has them below the cog. */
export function pressForRows(button) {
    return [
        ...onPhone(
            {
                trigger: ".o_cp_action_menus .dropdown-toggle, .o_cp_action_menus button",
                run: "click",
            },
            { trigger: `.o-dropdown--menu ${button}:visible`, run: "click" }
        ),
        ...onDesk({ trigger: `.o_control_panel .o_selection_container ${button}`, run: "click" }),
    ];
}
