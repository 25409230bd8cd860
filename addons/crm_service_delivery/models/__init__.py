from . import crm_complaint_remedy
from . import stock_picking
from . import crm_complaint_line
from . import crm_corrective_action
