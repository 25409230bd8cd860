from . import crm_demo_after_sale
from . import crm_demo_clock
from . import crm_demo_complaint
from . import crm_demo_complaint_end
from . import crm_demo_satisfaction
from . import crm_demo_activity
from . import crm_demo_page
from . import crm_demo_visit
