from . import crm_complaint_remedy
from . import repair_order
