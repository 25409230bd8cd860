from . import test_crm_matrix
from . import test_js
