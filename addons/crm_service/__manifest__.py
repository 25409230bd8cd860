{
    "name": "CRM Service",
    "summary": "Carry out: the service desk that sees who the customer is",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "website": "https://example.com/crm-suite",
    "license": "LGPL-3",
    "depends": ["crm_strategy"],
    "data": [
        "security/crm_service_groups.xml",
        "views/res_partner_views.xml",
        "views/crm_service_menus.xml",
    ],
    "demo": ["demo/10_res_users_demo.xml"],
    "application": True,
}
