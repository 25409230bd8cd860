import { registry } from "@web/core/registry";

const FILE = [
    "partner,date,order,product,quantity,amount,currency",
    "T-1,2020-03-01,TOUR-1,P-1,2,10.00,USD",
    "T-1,2020-03-01,TOUR-2,P-1,two,10.00,USD",
].join("\n");

registry.category("web_tour.tours").add("crm_sales_history_import_tour", {
    url: "/odoo/sales-history-import",
    steps: () => [
        { content: "create an import", trigger: ".o_list_button_add", run: "click" },
        {
            content: "upload the file",
            trigger: ".o_field_widget[name=file] input[type=file]:not(:visible)",
            async run() {
                const transfer = new DataTransfer();
                transfer.items.add(new File([FILE], "tour.csv", { type: "text/csv" }));
                this.anchor.files = transfer.files;
                this.anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "check it",
            trigger: "button[name=action_validate]:enabled",
            run: "click",
        },
        {
            content: "the report shows the bad line",
            trigger: ".o_field_widget[name=problem_summary]:contains('Line 3')",
        },
        {
            content: "and what would be loaded",
            trigger: ".o_field_widget[name=amount_summary]:contains('USD 10.00')",
        },
        { content: "load", trigger: "button[name=action_queue]", run: "click" },
        {
            content: "it waits for the background job",
            trigger: ".o_statusbar_status button[data-value=queued].o_arrow_button_current",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sales_history_result_tour", {
    steps: () => [
        {
            content: "rejects can be downloaded",
            trigger: "button[name=action_download_rejects]",
        },
        {
            content: "open the loaded orders",
            trigger: "button[name=action_open_orders]",
            run: "click",
        },
        {
            content: "the old number is the name",
            trigger: ".o_list_view .o_data_row td:contains('TOUR-1')",
        },
    ],
});
