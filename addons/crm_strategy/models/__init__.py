from . import crm_matrix
from . import crm_sale_fact
