import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { isForUser } from "@crm_strategy/user_error";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { PageBlocks, PageFigures } from "./page_blocks";

/**
 * A page about one record: it is drawn at once, filled when the answer is there.
 *
 * The record is kept in the URL under `urlKey`, so that a link or a reload shows the
 * same page. A page says which of the action's params names the record (`param`) and
 * how it is fetched (`fetch`).
 */
export class PageAction extends Component {
    static components = { Layout, PageBlocks, PageFigures };
    static props = { ...standardActionServiceProps };

    static param = "";
    static urlKey = "";

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.recordId = this.getInitialId();
        this.state = useState({ page: null, error: null, isLoading: false });
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => ({ recordId: this.recordId }),
        });
        onWillStart(() => {
            this.load();
        });
    }

    get display() {
        return { controlPanel: {} };
    }

    get sections() {
        return this.state.page.sections.filter((part) => part.blocks.length && !part.is_wide);
    }

    get wideSections() {
        return this.state.page.sections.filter((part) => part.blocks.length && part.is_wide);
    }

    /** What a click on a figure or a table's button calls; nothing by default. */
    get onDrill() {
        return undefined;
    }

    getInitialId() {
        const { params, context } = this.props.action;
        const { param, urlKey } = this.constructor;
        const id =
            this.props.state?.recordId || params?.[param] || context?.[param] || router.current[urlKey];
        return Number(id) || null;
    }

    async load() {
        if (!this.recordId) {
            return;
        }
        this.state.isLoading = true;
        this.props.updateActionState?.({ [this.constructor.urlKey]: this.recordId });
        try {
            const page = await this.keepLast.add(this.fetch());
            this.state.page = page;
            this.state.error = null;
            this.env.config.setDisplayName?.(this.getTitle(page));
        } catch (error) {
            this.state.page = null;
            this.state.error = this.getErrorMessage(error);
            if (!isForUser(error)) {
                throw error; // what has failed, is told by the host
            }
        } finally {
            this.state.isLoading = false;
        }
    }

    /** What is told in place. */
    getErrorMessage(error) {
        return isForUser(error) ? error.data.message : _t("This page could not be loaded.");
    }
}
