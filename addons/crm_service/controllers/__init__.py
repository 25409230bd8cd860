from . import complaint_portal
from . import satisfaction
