from . import base_partner_merge
from . import base_partner_merge_policy
from . import crm_segment_condition_add
from . import crm_segment_assign
from . import crm_segmentation_preview
from . import crm_measure_backfill
