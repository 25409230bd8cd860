from . import crm_complaint_reason
from . import base_partner_merge_complaint
from . import crm_complaint_call
from . import crm_complaint_merge
from . import base_partner_merge_satisfaction
from . import base_partner_merge_after_sale
from . import crm_sales_activity_cancel
