from . import base_partner_merge
from . import crm_segment_assign
from . import crm_segmentation_preview
from . import crm_measure_backfill
from . import crm_lifecycle_preview
from . import crm_lifecycle_set
from . import base_partner_merge_lifecycle
