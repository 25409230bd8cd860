from . import crm_sale_movement
from . import sale_report
