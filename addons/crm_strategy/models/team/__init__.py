from . import crm_team
from . import crm_team_member
from . import crm_territory
from . import crm_territory_mixin
