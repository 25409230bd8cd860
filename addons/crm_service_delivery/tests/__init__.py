from . import test_remedy_delivery
