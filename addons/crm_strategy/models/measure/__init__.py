from . import crm_measure
from . import crm_measure_value
from . import crm_measure_refresh
from . import crm_measure_sales
from . import crm_measure_drill
from . import crm_measure_target
from . import crm_measure_goal
