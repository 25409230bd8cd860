from . import res_partner_home
from . import crm_sales_home
from . import crm_sales_home_today
from . import crm_sales_home_late
from . import crm_sales_home_pipeline
from . import crm_sales_home_customer
