from . import crm_document_flow
from . import crm_document_flow_sales
from . import crm_document_flow_mixin
from . import crm_lead_flow
from . import sale_order_flow
from . import stock_picking_flow
from . import account_move_flow
from . import account_payment_flow
