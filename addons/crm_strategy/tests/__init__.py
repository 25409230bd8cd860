from . import test_crm_matrix
from . import test_crm_segment_migration
from . import test_js
from . import test_crm_measure
from . import test_crm_measure_cron
from . import test_crm_measure_security
from . import test_crm_measure_tools
from . import test_crm_measure_ui
