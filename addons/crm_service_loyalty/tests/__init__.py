from . import test_remedy_loyalty
