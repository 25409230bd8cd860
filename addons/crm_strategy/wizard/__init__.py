from . import base_partner_merge
from . import base_partner_merge_need
from . import crm_segment_assign
from . import crm_segmentation_preview
from . import crm_measure_backfill
from . import crm_alert_trial
