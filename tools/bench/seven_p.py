"""What is measured of the 7 P: whole refreshes, and their list and pivot."""

#: each invoice of the last year with a receivable, each but the tenth paid, each third
#: payment late; the payments are the lines of one entry
PAYMENTS = """
    WITH account AS (
        SELECT id FROM account_account WHERE account_type = 'asset_receivable'
      ORDER BY id LIMIT 1),
    invoice AS (
        SELECT m.*, m.invoice_date + CASE WHEN m.id % 3 = 0 THEN 45 ELSE 25 END AS paid
          FROM account_move m
         WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
           AND m.invoice_date > now() - INTERVAL '1 year'
           AND m.id NOT IN (SELECT move_id FROM account_move_line
                             WHERE display_type = 'payment_term')),
    entry AS (
        INSERT INTO account_move (name, journal_id, currency_id, company_id, state,
               move_type, auto_post, date)
        SELECT '/', journal_id, currency_id, company_id, 'posted', 'entry', 'no', date
          FROM invoice LIMIT 1
     RETURNING id),
    owed AS (
        INSERT INTO account_move_line (move_id, currency_id, company_id, journal_id,
               account_id, partner_id, display_type, parent_state, date, date_maturity,
               debit, credit, balance, amount_currency, amount_residual, reconciled)
        SELECT i.id, i.currency_id, i.company_id, i.journal_id, a.id, i.partner_id,
               'payment_term', 'posted', i.invoice_date, i.invoice_date_due,
               i.amount_total_signed, 0, i.amount_total_signed, i.amount_total_signed,
               CASE WHEN i.id % 10 = 0 THEN i.amount_total_signed ELSE 0 END,
               i.id % 10 > 0
          FROM invoice i CROSS JOIN account a
     RETURNING id, move_id, company_id, debit),
    paid AS (
        INSERT INTO account_move_line (move_id, currency_id, company_id, journal_id,
               account_id, partner_id, display_type, parent_state, date, name,
               debit, credit, balance, amount_currency, amount_residual, reconciled)
        SELECT e.id, i.currency_id, i.company_id, i.journal_id, a.id, i.partner_id,
               'product', 'posted', i.paid, i.id::text, 0, i.amount_total_signed,
               -i.amount_total_signed, -i.amount_total_signed, 0, true
          FROM invoice i CROSS JOIN account a CROSS JOIN entry e
         WHERE i.id % 10 > 0
     RETURNING id, name)
    INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, company_id,
           amount, create_date, write_date)
    SELECT o.id, p.id, o.company_id, o.debit, now() - INTERVAL '1 day',
           now() - INTERVAL '1 day'
      FROM owed o JOIN paid p ON p.name = o.move_id::text"""


class SevenP:
    """The parts and scores of all customers; every method returns seconds."""

    def __init__(self, jobs, screens):
        self.jobs, self.session, self.screens = jobs, jobs.session, screens

    def make_payments(self):
        """Let the invoices of the last year be owed and paid, see :data:`PAYMENTS`."""
        with self.session.environment() as env:
            env.cr.execute(PAYMENTS)

    def first_fill(self):
        return self.session.time(self.jobs.whole_run("full"))[0]

    def full_refresh(self):
        return self.session.median(self.jobs.whole_run("full"))

    def incremental(self, customers):
        prepare = self.jobs.touch(customers)
        work = self.jobs.whole_run("incremental")
        return self.session.median(work, prepare=prepare)

    # --- SCREENS

    def _board(self, scope):
        def work(env):
            best = env["crm.seven.p.score"].search([], limit=1).partner_id
            res_id = best.id if scope == "customer" else False
            return env["crm.seven.p.board"].get_board(scope, res_id)

        return self.screens._median(work)

    def customer_board(self):
        return self._board("customer")

    def company_board(self):
        return self._board("company")

    def grid(self, model_name):
        return self.screens._median(lambda env: env[model_name].get_matrix({}))

    def report_list(self):
        return self.screens._list(
            "crm_analytics.crm_seven_p_report_action",
            "crm_analytics.crm_seven_p_report_view_list",
        )

    def fill_profit(self):
        """Work out the 25 months of the profit analysis."""

        def work(env):
            company = env["crm.customer.scorecard"].search([], limit=1).company_id
            env["crm.profit.month"]._refresh(company)

        return self.session.time(work)[0]

    def profit_pivot(self, *rows):
        """The pivot as its menu opens it: the last 12 months."""
        sets = [rows[:place] for place in range(len(rows) + 1)]
        names = ("revenue", "gross_margin", "cost_to_serve", "contribution")

        def work(env):
            return env["crm.profit.month"].formatted_read_grouping_sets(
                [("date", ">=", "today =1d -11m")],
                sets,
                [*(f"{name}:sum" for name in names), "__count"],
            )

        return self.screens._median(work)

    def report_pivot(self):
        return self.screens._pivot("crm.seven.p.report", ["rfm_group_id"])
