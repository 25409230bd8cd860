from . import test_res_partner
from . import test_tools
from . import test_crm_complaint
from . import test_crm_complaint_clock
from . import test_crm_complaint_step
from . import test_crm_complaint_security
from . import test_remedy_replacement
