from . import crm_rfm_policy_supply
from . import crm_supply_record
from . import crm_scorecard_persistency_supply
from . import crm_scorecard_source_supply
from . import crm_scorecard_source_demand
