from . import base_partner_merge
from . import crm_customer_owner
from . import crm_seven_p_preview
from . import crm_seven_p_preview_factor
from . import crm_affinity_call
from . import crm_offer_reject
