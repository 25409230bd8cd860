from . import crm_sale_movement
from . import crm_territory_overlap
from . import crm_rights_overview
from . import sale_report
from . import crm_segment_policy_report
from . import crm_lifecycle_todo
from . import crm_lifecycle_report
from . import sale_report_lifecycle
