from . import crm_demo_story
from . import crm_demo_story_credit
from . import crm_demo_story_finding
