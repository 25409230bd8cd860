from . import crm_segment_scorecard_report
from . import sale_report
