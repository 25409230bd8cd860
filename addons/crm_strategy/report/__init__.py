from . import crm_sale_movement
from . import crm_lifecycle_todo
from . import crm_lifecycle_report
from . import crm_lifecycle_report_segment
from . import sale_report_lifecycle
