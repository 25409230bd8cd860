from . import crm_sales_activity_kind
from . import crm_sales_activity_outcome
from . import crm_sales_activity
from . import crm_sales_activity_document
from . import crm_sales_activity_customer
from . import crm_sales_activity_move
from . import crm_sales_activity_event
