from . import crm_new_customer_report
from . import crm_seven_p_print
from . import crm_opinion_report
from . import crm_profit_report
from . import crm_profit_report_rows
from . import crm_segment_scorecard_report
from . import crm_seven_p_report
from . import sale_report
