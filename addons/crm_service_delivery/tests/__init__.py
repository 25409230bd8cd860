from . import test_complaint_carrier
from . import test_remedy_delivery
