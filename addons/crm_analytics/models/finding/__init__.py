from . import crm_finding
from . import crm_finding_decide
from . import crm_finding_policy
from . import crm_finding_watch
from . import crm_measure_finding
