from . import res_partner
from . import complaint
