from . import test_crm_customer_scorecard
from . import test_crm_rfm
from . import test_crm_scorecard_run
from . import test_scorecard_changes
from . import test_scorecard_oracle
from . import test_scorecard_tour
from . import test_segment_scorecard_report
from . import test_demo_story
