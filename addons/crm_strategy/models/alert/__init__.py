from . import crm_alert_cause
from . import crm_alert_rule
from . import crm_alert_watch
from . import crm_alert
from . import crm_alert_action
from . import crm_measure_alert
