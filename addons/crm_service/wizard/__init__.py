from . import crm_complaint_reason
from . import base_partner_merge_complaint
from . import base_partner_merge_sales_activity
from . import crm_complaint_call
from . import crm_complaint_merge
from . import base_partner_merge_satisfaction
from . import crm_sales_activity_cancel
from . import crm_sales_activity_log
