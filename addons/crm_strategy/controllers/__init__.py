from . import crm_document_flow
from . import crm_matrix
from . import sale_portal_approval
