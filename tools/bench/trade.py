"""The generator's part for what people trade: products to credit notes."""

import numpy as np
from history import INVOICE_STATES, INVOICED, SALE, STATES, TO_INVOICE, popular
from lives import DAY, EPOCH, warp
from pgcopy import NULL, digits

STAMP = [("create_uid", "i4", 1), ("write_uid", "i4", 1)]
#: hundredths of the foreign currency per unit of the company's
RATE = 92


class TradeLoader:
    """Methods of the generator that load one table each."""

    # --- PRODUCTS AND PARTNERS

    def load_products(self):
        products, rng = self.history.products, self.history.rng
        count, number = products.count, np.arange(1, products.count + 1)
        self.template0 = self.next_id("product_template")
        self.product0 = self.next_id("product_product")
        names = digits('{"en_US": "Product ', number, 6, '"}')
        category = self.categories[rng.integers(0, len(self.categories), count)]
        when = self.history.first_instant
        stamp = [("create_date", "ts", when), ("write_date", "ts", when), *STAMP]
        columns = [
            ("id", "i4", self.template0 + np.arange(count)),
            ("name", "jsonb", names),
            ("sequence", "i4", 1),
            ("categ_id", "i4", category),
            ("uom_id", "i4", self.unit),
            ("type", "str", "consu"),
            ("service_tracking", "str", "no"),
            ("tracking", "str", "none"),
            ("list_price", "num", products.price),
            ("sale_ok", "bool", 1),
            ("purchase_ok", "bool", 1),
            ("active", "bool", 1),
            ("is_storable", "bool", 0),
            ("service_type", "str", "manual"),
            ("expense_policy", "str", "no"),
            ("invoice_policy", "str", "order"),
            ("sale_delay", "i4", 0),
        ]
        self.copy("product_template", count, columns + stamp)
        costs = [f'{{"{self.company}": {c / 100:.2f}}}' for c in products.cost.tolist()]
        costs = np.char.ljust(costs, max(map(len, costs))).astype("S")
        columns = [
            ("id", "i4", self.product0 + np.arange(count)),
            ("product_tmpl_id", "i4", self.template0 + np.arange(count)),
            ("default_code", "str", digits("P", number, 6)),
            ("standard_price", "jsonb", costs),
            ("active", "bool", 1),
            ("combination_indices", "str", ""),
        ]
        self.copy("product_product", count, columns + stamp)

    def load_partners(self):  # style: CRM105 a table is one list of columns
        """Customers, then the contacts of some of them."""
        history, rng, count = self.history, self.history.rng, self.options.customers
        first = self.next_id("res_partner")
        share = int(count * self.options.contact_share)
        with_contact = np.sort(rng.permutation(count)[:share])
        self.user_of = self.users[rng.integers(0, len(self.users), count)]
        self.team_of = self.teams[rng.integers(0, len(self.teams), count)]
        owner = np.where(rng.random(count) < 0.05, NULL, self.user_of)
        industry = self.industries[rng.integers(0, 10, count)]
        country = self.countries[popular(rng, len(self.countries), count)]
        active = (rng.random(count) >= self.options.archived_share).astype(np.int8)
        company = rng.random(count) < 0.6
        company[with_contact] = True
        # a contact is like its customer, and follows all customers
        everyone = np.concatenate([np.arange(count), with_contact])
        total = len(everyone)
        is_contact = np.arange(total) >= count
        born = warp(history.birth[everyone], self.start, self.days)
        number = np.arange(1, total + 1)
        email = digits("c", number, 8, "@example.com")
        names = np.where(
            is_contact,
            digits("Contact  ", everyone + 1, 8),
            digits("Customer ", everyone + 1, 8),
        )
        columns = [
            ("id", "i4", first + np.arange(total)),
            ("name", "str", names),
            ("complete_name", "str", names),
            ("parent_id", "i4?", np.where(is_contact, first + everyone, NULL)),
            ("commercial_partner_id", "i4", first + everyone),
            ("user_id", "i4?", owner[everyone]),
            ("industry_id", "i4", industry[everyone]),
            ("country_id", "i4", country[everyone]),
            ("lang", "str", "en_US"),
            ("type", "str", "contact"),
            ("email", "str", email),
            ("email_normalized", "str", email),
            ("color", "i4", 0),
            ("message_bounce", "i4", 0),
            ("active", "bool", active[everyone]),
            ("employee", "bool", 0),
            ("is_company", "bool", company[everyone] & ~is_contact),
            ("partner_share", "bool", 1),
            ("supplier_rank", "i4", 0),
            ("customer_rank", "i4", 1),
            ("autopost_bills", "str", "ask"),
            ("group_rfq", "str", "default"),
            ("group_on", "str", "default"),
            ("create_date", "ts", born),
            ("write_date", "ts", born),
        ]
        self.copy("res_partner", total, columns + STAMP)
        self.customer = first + history.who.astype(np.int64)
        contact_of = np.full(count, NULL)
        contact_of[with_contact] = first + np.arange(count, total)
        contact = contact_of[history.who]
        by_contact = (contact != NULL) & (rng.random(history.orders) < 0.5)
        self.buyer = np.where(by_contact, contact, self.customer)
        self.partner0 = first

    # --- OPPORTUNITIES AND ORDERS

    def load_leads(self):  # style: CRM105 a table is one list of columns
        """Two in five are won (and have their order), a quarter is still open."""
        history, rng = self.history, self.history.rng
        count = self.options.leads
        sales = np.flatnonzero(history.state == SALE)
        won = np.sort(rng.permutation(sales)[: int(count * 0.4)])
        lost = int(count * 0.35)
        status = np.repeat([0, 1, 2], [len(won), lost, count - len(won) - lost])
        others = count - len(won)
        who = np.concatenate(
            [history.who[won], rng.integers(0, history.customers, others)]
        )
        even = np.sort(rng.random(others)) * self.days
        closed = np.concatenate([history.when[won], warp(even, self.start, self.days)])
        last = ((self.end - EPOCH).days + 1) * DAY - 1_000_000
        age = (rng.gamma(1.6, 25, count) * DAY).astype(np.int64)
        created = np.where(status == 2, last, closed) - age
        created = created // 1_000_000 * 1_000_000
        revenue = np.round(np.exp(rng.normal(6.2, 1.1, others)) * 100).astype(np.int64)
        revenue = np.concatenate([history.untaxed[won], revenue])
        chance = np.round(100 * rng.beta(1.6, 2.6, count), 2)
        chance = np.where(status == 0, 100.0, np.where(status == 1, 0.0, chance))
        stage = self.stages[np.minimum((chance / 34).astype(int), len(self.stages) - 1)]
        first = self.next_id("crm_lead")
        self.opportunity = np.full(history.orders, NULL)
        self.opportunity[won] = first + np.arange(len(won))
        columns = [
            ("id", "i4", first + np.arange(count)),
            ("name", "str", digits("Opportunity ", np.arange(1, count + 1), 8)),
            ("type", "str", "opportunity"),
            ("partner_id", "i4", self.partner0 + who),
            ("user_id", "i4", self.user_of[who]),
            ("team_id", "i4", self.team_of[who]),
            ("company_id", "i4", self.company),
            ("stage_id", "i4", np.where(status == 0, self.won_stage, stage)),
            ("medium_id", "i4", self.mediums[popular(rng, len(self.mediums), count)]),
            ("source_id", "i4", self.sources[popular(rng, len(self.sources), count)]),
            ("priority", "enum", (rng.integers(0, 3, count), [b"0", b"1", b"2"])),
            ("won_status", "enum", (status, [b"won", b"lost", b"pending"])),
            ("expected_revenue", "num", revenue),
            ("prorated_revenue", "num", np.round(revenue * chance / 100)),
            ("active", "bool", status != 1),
            ("probability", "f8", chance),
            ("automated_probability", "f8", chance),
            ("date_closed", "ts?", np.where(status == 2, NULL, closed)),
            ("date_open", "ts", created),
            ("create_date", "ts", created),
            ("write_date", "ts", created + age),
        ]
        self.copy("crm_lead", count, columns + STAMP)

    def load_orders(self):
        history, rng = self.history, self.history.rng
        count = history.orders
        self.order0 = self.next_id("sale_order")
        month = (history.when - history.first_instant) // (DAY * self.days // 24 + 1)
        campaign = self.campaigns[month.astype(int) % 24]
        columns = [
            ("id", "i4", self.order0 + np.arange(count)),
            ("name", "str", digits("S", np.arange(1, count + 1), 8)),
            ("company_id", "i4", self.company),
            ("partner_id", "i4", self.buyer),
            ("partner_invoice_id", "i4", self.customer),
            ("partner_shipping_id", "i4", self.buyer),
            ("currency_id", "i4", self.currency_of(history.foreign)),
            ("currency_rate", "num", np.where(history.foreign, RATE, 100)),
            ("user_id", "i4", self.user_of[history.who]),
            ("team_id", "i4", self.team_of[history.who]),
            ("campaign_id", "i4?", np.where(rng.random(count) < 0.25, campaign, NULL)),
            ("medium_id", "i4", self.mediums[popular(rng, len(self.mediums), count)]),
            ("source_id", "i4", self.sources[popular(rng, len(self.sources), count)]),
            ("opportunity_id", "i4?", self.opportunity),
            ("state", "enum", (history.state, STATES)),
            ("invoice_status", "enum", (history.invoice_state, INVOICE_STATES)),
            ("amount_untaxed", "num", history.untaxed),
            ("amount_tax", "num", history.tax),
            ("amount_total", "num", history.untaxed + history.tax),
            ("margin", "num", history.margin),
            ("margin_percent", "f8", history.margin / np.maximum(history.untaxed, 1)),
            ("locked", "bool", 0),
            ("require_signature", "bool", 1),
            ("require_payment", "bool", 0),
            ("prepayment_percent", "f8", 1.0),
            ("warehouse_id", "i4", self.warehouse),
            ("picking_policy", "str", "direct"),
            ("date_order", "ts", history.when),
            ("create_date", "ts", history.when),
            ("write_date", "ts", history.when),
        ]
        self.copy("sale_order", count, columns + STAMP)

    def currency_of(self, foreign):
        return np.where(foreign, self.foreign_currency, self.currency)

    def load_lines(self):  # style: CRM105 a table is one list of columns
        history = self.history
        order = history.order_of
        self.line0 = self.next_id("sale_order_line")
        state, bill = history.state[order], history.invoice_state[order]
        quantity, subtotal = history.quantity * 100, history.subtotal
        columns = [
            ("id", "i4", self.line0 + np.arange(history.lines)),
            ("order_id", "i4", self.order0 + order),
            ("sequence", "i4", 10 + history.sequence),
            ("company_id", "i4", self.company),
            ("currency_id", "i4", self.currency_of(history.foreign[order])),
            ("order_partner_id", "i4", self.buyer[order]),
            ("salesman_id", "i4", self.user_of[history.who[order]]),
            ("product_id", "i4", self.product0 + history.product),
            ("product_uom_id", "i4", self.unit),
            ("state", "enum", (state, STATES)),
            ("qty_delivered_method", "str", "stock_move"),
            ("invoice_status", "enum", (bill, INVOICE_STATES)),
            ("name", "str", digits("[P", history.product + 1, 6, "] Product")),
            ("product_uom_qty", "num", quantity),
            ("price_unit", "num", history.products.price[history.product]),
            ("discount", "num", history.discount * 100),
            ("price_subtotal", "num", subtotal),
            ("price_total", "num", subtotal + history.line_tax),
            ("price_reduce_taxexcl", "num", subtotal // history.quantity),
            ("qty_delivered", "num", np.where(state == SALE, quantity, 0)),
            ("qty_invoiced", "num", np.where(bill == INVOICED, quantity, 0)),
            ("qty_to_invoice", "num", np.where(bill == TO_INVOICE, quantity, 0)),
            ("untaxed_amount_invoiced", "num", np.where(bill == INVOICED, subtotal, 0)),
            (
                "untaxed_amount_to_invoice",
                "num",
                np.where(bill == TO_INVOICE, subtotal, 0),
            ),
            ("is_downpayment", "bool", 0),
            ("is_expense", "bool", 0),
            ("price_tax", "f8", history.line_tax / 100.0),
            ("customer_lead", "f8", 0.0),
            ("warehouse_id", "i4", self.warehouse),
            ("purchase_price", "num", history.products.cost[history.product]),
            ("margin", "num", history.line_margin),
            ("margin_percent", "f8", history.line_margin / np.maximum(subtotal, 1)),
            ("create_date", "ts", history.when[order]),
            ("write_date", "ts", history.when[order]),
        ]
        self.copy("sale_order_line", history.lines, columns + STAMP)

    # --- INVOICES AND CREDIT NOTES

    def load_invoices(self):  # style: CRM105 a table is one list of columns
        """An invoice of each billed order, then the credit notes of some."""
        history, rng = self.history, self.history.rng
        self.move0 = self.next_id("account_move")
        order = np.concatenate([history.billed, history.billed[history.credited]])
        count, invoices = len(order), len(history.billed)
        self.is_credit = np.arange(count) >= invoices
        credit_day = history.billed_day[history.credited] + 14
        self.move_day = np.concatenate([history.billed_day, credit_day])
        self.move_day = np.minimum(self.move_day, (self.end - EPOCH).days)
        line = history.first_line[order]
        net = np.where(self.is_credit, history.subtotal[line], history.untaxed[order])
        tax = np.where(self.is_credit, history.line_tax[line], history.tax[order])
        sign = np.where(self.is_credit, -1, 1)
        rate = np.where(history.foreign[order], RATE, 100)
        paid = rng.random(count) < 0.95
        self.move_order = order
        columns = [
            ("id", "i4", self.move0 + np.arange(count)),
            ("sequence_number", "i4", np.arange(1, count + 1)),
            ("sequence_prefix", "str", "GEN/"),
            ("name", "str", digits("GEN/", np.arange(1, count + 1), 8)),
            ("journal_id", "i4", self.journal),
            ("company_id", "i4", self.company),
            ("partner_id", "i4", self.customer[order]),
            ("commercial_partner_id", "i4", self.customer[order]),
            ("partner_shipping_id", "i4", self.buyer[order]),
            ("currency_id", "i4", self.currency_of(history.foreign[order])),
            ("invoice_user_id", "i4", self.user_of[history.who[order]]),
            ("team_id", "i4", self.team_of[history.who[order]]),
            ("state", "str", "posted"),
            (
                "move_type",
                "enum",
                (self.is_credit.astype(int), [b"out_invoice", b"out_refund"]),
            ),
            ("auto_post", "str", "no"),
            ("payment_state", "enum", (paid.astype(int), [b"not_paid", b"paid"])),
            ("invoice_origin", "str", digits("S", order + 1, 8)),
            ("date", "date", self.move_day),
            ("invoice_date", "date", self.move_day),
            ("invoice_date_due", "date", self.move_day + 30),
            ("invoice_currency_rate", "num", rate),
            ("amount_untaxed", "num", net),
            ("amount_tax", "num", tax),
            ("amount_total", "num", net + tax),
            ("amount_residual", "num", np.where(paid, 0, net + tax)),
            ("amount_untaxed_signed", "num", sign * net * 100 // rate),
            ("amount_untaxed_in_currency_signed", "num", sign * net),
            ("amount_tax_signed", "num", sign * tax * 100 // rate),
            ("amount_total_signed", "num", sign * (net + tax) * 100 // rate),
            ("amount_total_in_currency_signed", "num", sign * (net + tax)),
            ("checked", "bool", 1),
            ("posted_before", "bool", 1),
            ("create_date", "ts", history.when[order]),
            ("write_date", "ts", history.when[order]),
        ]
        self.copy("account_move", count, columns + STAMP)

    def load_invoice_lines(self):  # style: CRM105 a table is one list of columns
        """The product lines only, each linked to the line of its order."""
        history = self.history
        invoices = len(history.billed)
        move_of_order = np.full(history.orders, NULL)
        move_of_order[history.billed] = np.arange(invoices)
        lines = history.billed_lines
        credited = history.first_line[history.billed[history.credited]]
        move = np.concatenate(
            [
                move_of_order[history.order_of[lines]],
                invoices + np.arange(len(credited)),
            ]
        )
        line = np.concatenate([lines, credited])
        order, count = history.order_of[line], len(line)
        amount = np.where(self.is_credit[move], 1, -1) * history.subtotal[line]
        foreign = history.foreign[order]
        balance = np.where(foreign, amount * 100 // RATE, amount)
        first = self.next_id("account_move_line")
        columns = [
            ("id", "i4", first + np.arange(count)),
            ("move_id", "i4", self.move0 + move),
            ("move_name", "str", digits("GEN/", move + 1, 8)),
            ("journal_id", "i4", self.journal),
            ("company_id", "i4", self.company),
            ("company_currency_id", "i4", self.currency),
            ("currency_id", "i4", self.currency_of(foreign)),
            ("account_id", "i4", self.income),
            ("partner_id", "i4", self.customer[order]),
            ("product_id", "i4", self.product0 + history.product[line]),
            ("product_uom_id", "i4", self.unit),
            ("display_type", "str", "product"),
            ("parent_state", "str", "posted"),
            ("sequence", "i4", 10 + history.sequence[line]),
            ("date", "date", self.move_day[move]),
            ("invoice_date", "date", self.move_day[move]),
            ("quantity", "num", history.quantity[line] * 100),
            ("price_unit", "num", history.products.price[history.product[line]]),
            ("discount", "num", history.discount[line] * 100),
            ("price_subtotal", "num", history.subtotal[line]),
            ("price_total", "num", history.subtotal[line] + history.line_tax[line]),
            ("amount_currency", "num", amount),
            ("balance", "num", balance),
            ("debit", "num", np.maximum(balance, 0)),
            ("credit", "num", np.maximum(-balance, 0)),
            ("amount_residual", "num", 0),
            ("amount_residual_currency", "num", 0),
            ("reconciled", "bool", 0),
            ("create_date", "ts", history.when[order]),
            ("write_date", "ts", history.when[order]),
        ]
        self.copy("account_move_line", count, columns + STAMP)
        links = [
            ("invoice_line_id", "i4", first + np.arange(count)),
            ("order_line_id", "i4", self.line0 + line),
        ]
        self.copy("sale_order_line_invoice_rel", count, links)
