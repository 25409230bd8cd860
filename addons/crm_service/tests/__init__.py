from . import test_res_partner
from . import test_satisfaction_figures
from . import test_satisfaction_link
from . import test_satisfaction_plan
from . import test_satisfaction_rule
from . import test_satisfaction_score
from . import test_satisfaction_send
from . import test_satisfaction_tools
