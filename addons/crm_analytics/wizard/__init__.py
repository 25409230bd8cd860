from . import base_partner_merge
from . import crm_affinity_call
from . import crm_offer_reject
