from . import res_partner
from . import complaint
from . import remedy
from . import intake
from . import contact
from . import satisfaction
from . import res_config_settings
from . import analysis
