from . import crm_complaint_remedy
from . import loyalty_card
