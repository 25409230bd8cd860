from . import crm_segment_scorecard_report
