{
    "name": "CRM Service: Repairs",
    "summary": "Repair as a remedy of complaints",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "website": "https://example.com/crm-suite",
    "license": "LGPL-3",
    "depends": ["crm_service", "repair"],
    "uninstall_hook": "uninstall_hook",
    "data": [
        "data/crm_complaint_policy_data.xml",
        "views/crm_complaint_remedy_views.xml",
    ],
    "auto_install": True,
}
