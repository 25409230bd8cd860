from . import crm_measure_backfill
