from . import crm_satisfaction_report
from . import crm_complaint_report
from . import crm_complaint_rate
from . import crm_complaint_step_report
from . import crm_complaint_loop
from . import crm_service_indicator
from . import crm_sales_activity_report
