from . import crm_supply_record
from . import crm_supply_record_share
from . import crm_measure_supply
