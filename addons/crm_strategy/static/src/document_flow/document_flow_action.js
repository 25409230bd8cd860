import { Component, markRaw, onWillStart, useRef, useState } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { isForUser } from "../user_error";
import { DocumentFlow } from "./document_flow";

/**
 * The flow of the document that the action's params name (`res_model`, `res_id`).
 *
 * The document is kept in the URL (key `flow`), so that a link or a reload shows
 * the same flow.
 */
export class DocumentFlowAction extends Component {
    static template = "crm_strategy.DocumentFlowAction";
    static components = { DocumentFlow, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.document = this.getInitialDocument();
        this.opened = this.props.state?.opened || [];
        this.state = useState({ payload: null, error: null, isLoading: false });
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => ({ document: this.document, opened: this.opened }),
        });
        onWillStart(() => {
            // drawn at once: the boxes come when they are there
            this.load();
        });
    }

    get display() {
        return { controlPanel: {} };
    }

    get nodes() {
        return this.state.payload.columns.flatMap((column) => column.nodes);
    }

    get notes() {
        const { payload } = this.state;
        return [
            this.nodes.some((node) => !node.is_readable) &&
                _t("Grey boxes are documents that you may not see."),
            this.nodes.some((node) => node.is_other) &&
                _t("Dashed boxes belong to other chains, which meet this one here."),
            !payload.is_complete &&
                _t("There are more documents: the first %s are shown.", payload.limit),
            payload.columns.some((column) => column.totals.length) &&
                _t("Totals are of what you may see, without cancelled documents and other chains."),
        ].filter(Boolean);
    }

    get isAlone() {
        return this.nodes.length === 1;
    }

    // --- STATE

    getInitialDocument() {
        if (this.props.state?.document) {
            return this.props.state.document;
        }
        const { params } = this.props.action;
        if (params?.res_model) {
            return { model: params.res_model, id: params.res_id };
        }
        const [model, id] = String(router.current.flow || "").split(",");
        return Number(id) ? { model, id: Number(id) } : null;
    }

    async load() {
        if (!this.document) {
            return;
        }
        const { model, id } = this.document;
        this.state.isLoading = true;
        this.props.updateActionState?.({ flow: `${model},${id}` });
        try {
            const request = this.orm.call("crm.document.flow", "get_flow", [model, id], {
                opened: this.opened,
            });
            // replaced as a whole, never changed: need not be observed
            this.state.payload = markRaw(await this.keepLast.add(request));
            this.state.error = null;
            this.env.config.setDisplayName?.(_t("Document Flow of %s", this.state.payload.title));
        } catch (error) {
            this.state.payload = null;
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
        return isForUser(error)
            ? error.data.message
            : _t("The document flow could not be loaded.");
    }

    // --- EVENTS

    /** Show all documents of a column. */
    showAll(column) {
        this.opened = [...this.opened, column.key];
        return this.load();
    }

    exportXlsx() {
        const { model, id } = this.document;
        return download({
            url: "/crm_strategy/document_flow/xlsx",
            data: { model, res_id: id },
        });
    }

    open(node) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: node.model,
            res_id: node.id,
            views: [[false, "form"]],
            target: "current",
        });
    }
}

registry.category("actions").add("crm_strategy.document_flow", DocumentFlowAction);
