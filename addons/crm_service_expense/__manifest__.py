{
    "name": "CRM Service: Expenses",
    "summary": "Expenses of visits and other sales activities",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "website": "https://example.com/crm-suite",
    "license": "LGPL-3",
    "depends": ["crm_service", "hr_expense"],
    "uninstall_hook": "uninstall_hook",
    "data": [
        "views/hr_expense_views.xml",
        "views/crm_sales_activity_views.xml",
    ],
    "auto_install": True,
}
