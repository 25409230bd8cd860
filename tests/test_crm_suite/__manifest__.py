{
    "name": "CRM Suite Tests",
    "summary": "Access matrix, contract of every model, scenarios across the add-ons",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "CRM Suite",
    "website": "https://example.com/crm-suite",
    "license": "LGPL-3",
    "depends": ["crm_strategy", "crm_service", "crm_analytics"],
}
