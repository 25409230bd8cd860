from . import crm_sale_movement
