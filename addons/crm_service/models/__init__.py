from . import res_partner
from . import complaint
from . import contact
from . import intake
from . import satisfaction
from . import remedy
