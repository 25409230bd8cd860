from . import crm_rfm_group
from . import crm_rfm_policy
from . import crm_rfm_policy_refresh
from . import crm_rfm_cut
from . import crm_rfm_grid
from . import crm_rule_preview_rfm
