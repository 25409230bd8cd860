from . import crm_customer_product
from . import crm_customer_product_due
from . import product_template_due
from . import res_partner_due
from . import crm_customer_page_product
