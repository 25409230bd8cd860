from . import crm_target_group
from . import crm_target_group_member
from . import crm_retention_programme
from . import crm_retention_measure
from . import crm_retention_action
from . import crm_retention_customer
from . import res_partner_target_group
