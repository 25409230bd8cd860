from . import test_res_partner
from . import test_tools
from . import test_crm_complaint
from . import test_crm_complaint_clock
from . import test_crm_complaint_step
from . import test_crm_complaint_security
from . import test_crm_complaint_speed
from . import test_crm_complaint_ui
