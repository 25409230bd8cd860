from . import crm_complaint_reason
from . import base_partner_merge_complaint
from . import crm_complaint_call
from . import crm_complaint_merge
from . import base_partner_merge_satisfaction
from . import crm_sales_activity_cancel
from . import base_partner_merge_visit
from . import crm_visit_change
