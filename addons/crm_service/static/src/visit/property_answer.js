import { useBus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { PropertyValue } from "@web/views/fields/properties/property_value";

/**
 * An answer that is being typed counts when the form is saved.
 *
 * The host takes it when the cursor leaves the box; a tap on Save does not move it on
 * every phone.
 */
patch(PropertyValue.prototype, {
    setup() {
        super.setup();
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", () => {
            const box = document.activeElement;
            if (box?.matches(".o_field_property_input") && box.id === this.props.id) {
                box.dispatchEvent(new Event("change", { bubbles: true }));
            }
        });
    },
});
