from . import crm_matrix
from . import crm_sale_fact
from . import sale_order
