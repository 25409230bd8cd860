from . import crm_sale_fact
