from . import hr_expense
from . import crm_sales_activity
