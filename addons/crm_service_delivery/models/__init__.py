from . import crm_complaint_remedy
from . import stock_picking
