from . import complaint_attachment
from . import complaint_portal
from . import satisfaction
