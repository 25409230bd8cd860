def migrate(cr, version):
    """Leave archived customers out of what is kept; no assessment, no limit.

    The means and totals of all customers are read live until the next refresh keeps
    them anew.
    """
    if not version:
        return
    cr.execute("DELETE FROM crm_seven_p_summary")
    cr.execute(
        """UPDATE crm_scorecard_performance SET credit_limit_proposed = NULL
            WHERE credit_limit_proposed = 0 AND risk_grade IS NULL
              AND credit_score IS NULL"""
    )
