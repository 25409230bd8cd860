{
    "name": "CRM Strategy",
    "summary": "Decide: customer segments, measures and policies on the ERP's own facts",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "website": "https://example.com/crm-suite",
    "license": "LGPL-3",
    "depends": ["crm", "sale_crm", "sale_margin", "account", "contacts"],
    "data": [
        "security/crm_strategy_groups.xml",
        "security/ir.model.access.csv",
        "views/crm_strategy_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_strategy/static/src/**/*"],
        "web.assets_tests": ["crm_strategy/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["crm_strategy/static/tests/**/*.test.js"],
    },
}
