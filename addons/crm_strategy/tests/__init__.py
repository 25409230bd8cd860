from . import test_crm_matrix
from . import test_crm_segment_migration
from . import test_js
