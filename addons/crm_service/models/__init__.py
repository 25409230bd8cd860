from . import res_partner
from . import complaint
from . import remedy
