from . import test_access_matrix
from . import test_access_scope
from . import test_builders
from . import test_contract_documents
from . import test_contract_host
from . import test_contract_models
from . import test_contract_screens
from . import test_scenario_first_analysis
