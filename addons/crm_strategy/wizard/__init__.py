from . import crm_territory_assign
from . import base_partner_merge
from . import crm_segment_assign
from . import crm_segmentation_preview
from . import crm_measure_backfill
from . import crm_rights_check
from . import crm_approval_decide
