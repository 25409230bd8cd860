from . import crm_document_ref_mixin
from . import crm_need
from . import res_partner_need
from . import crm_lead_need
from . import crm_lesson
from . import crm_lead_lesson
from . import crm_decision
from . import crm_decision_measure
