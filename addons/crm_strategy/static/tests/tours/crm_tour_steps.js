/** Steps that the tours of all our add-ons share; none depends on the language. */

const SCREEN = ".o_action_manager > *";

/**
 * These steps, which open a screen, and then the screen itself.
 *
 * The screen before stays until the next one is loaded. Where both look the same, a
 * step would go on with the one that is about to leave.
 */
export function openScreen(...steps) {
    return [
        {
            content: "remember the screen that is to be left",
            trigger: SCREEN,
            run: () => {
                for (const screen of document.querySelectorAll(SCREEN)) {
                    screen.dataset.left = "1";
                }
            },
        },
        ...steps,
        { content: "the next screen is there", trigger: `${SCREEN}:not([data-left])` },
    ];
}
