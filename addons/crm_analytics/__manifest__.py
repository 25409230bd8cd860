{
    "name": "CRM Analytics",
    "summary": "Learn: customer scorecards, RFM and history from the ERP's own figures",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "website": "https://example.com/crm-suite",
    "license": "LGPL-3",
    "depends": ["crm_service"],
    "data": [
        "security/crm_analytics_groups.xml",
        "security/ir.model.access.csv",
        "views/crm_analytics_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_analytics/static/src/**/*"],
        "web.assets_tests": ["crm_analytics/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["crm_analytics/static/tests/**/*.test.js"],
    },
    "application": True,
}
