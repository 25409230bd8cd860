from . import crm_demo_story
from . import crm_demo_story_flow
from . import crm_demo_story_money
from . import crm_demo_approval
from . import crm_demo_story_lifecycle
from . import crm_demo_concept
from . import crm_demo_story_chinese
