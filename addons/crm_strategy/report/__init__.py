from . import crm_sale_movement
from . import crm_segment_policy_report
