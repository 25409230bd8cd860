from . import test_sales_activity_expense
