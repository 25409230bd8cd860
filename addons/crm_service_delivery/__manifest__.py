{
    "name": "CRM Service: Carriers",
    "summary": "Carrier and tracking reference of what a complaint sends",
    "version": "19.0.1.0.1",
    "category": "Sales/CRM",
    "author": "CRM Suite",
    "website": "https://example.com/crm-suite",
    "license": "LGPL-3",
    "depends": ["crm_service", "stock_delivery"],
    "data": [
        "security/ir.model.access.csv",
        "views/crm_complaint_remedy_views.xml",
        "views/crm_complaint_carrier_views.xml",
    ],
    "auto_install": True,
}
