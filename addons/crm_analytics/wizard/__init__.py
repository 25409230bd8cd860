from . import base_partner_merge
from . import crm_seven_p_preview
from . import crm_seven_p_preview_factor
