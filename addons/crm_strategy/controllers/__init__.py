from . import crm_matrix
from . import sale_portal_approval
