#!/usr/bin/env python3
"""Write the orders of the demo story, always the same ones.

    python3 tools/make_story.py

makes two files in ``addons/crm_strategy/demo``: ``sales_history.tsv``, what the former
system knew up to the change-over, and ``sale_orders.tsv``, the orders since. Dates are
days before today, which the story turns into dates when it is loaded.
"""

import csv
import pathlib
import random

DEMO = pathlib.Path(__file__).parents[1] / "addons/crm_strategy/demo"
CHANGE_OVER = 45  # days ago
YEAR = 365.25

# code: list price, cost, whole units
PRODUCTS = {
    "sga": ("AL-SGA", 2950, 2380),
    "hydrate": ("AL-ATH", 2350, 1820),
    "calcined": ("AL-CAL", 5200, 3750),
    "fine": ("AL-FINE", 9800, 6400),
    "ingot": ("PA-9970", 19200, 17600),
    "billet": ("PA-6063", 20400, 18500),
    "a356": ("PA-A356", 20900, 18700),
    "slab": ("PA-1050", 20100, 18300),
    "pac": ("CH-PAC", 1900, 1240),
    "sulfate": ("CH-ALS", 1250, 860),
    "zeolite": ("CH-ZEO", 165, 104),
    "clarifier": ("CH-CLR", 198, 96),
    "detergent": ("CH-DET", 268, 141),
    "foil": ("CH-FOIL", 216, 128),
}

# reference | orders | first and last, days ago | products | usual quantity
# | growth of the quantity from first to last | salesperson
CUSTOMERS = """
C1001|58|1815|3|slab ingot|60|1.3|chen
C1002|52|1790|6|billet|45|1.2|chen
C1003|49|1760|9|a356|40|1.1|chen
C1004|44|1740|2|a356 ingot|25|1.2|chen
C1005|46|1700|5|ingot billet|80|1.0|chen
C1006|43|1810|4|pac sulfate|40|1.1|marta
C1007|41|1650|8|zeolite foil clarifier|900|1.4|marta
C1008|27|1500|7|calcined fine|18|1.2|chen
C1010|24|1300|11|pac|30|1.1|marta
C1011|22|1200|14|calcined hydrate|22|1.3|chen
C1012|26|1600|30|ingot|30|1.1|chen
C1013|28|1400|52|billet|50|1.0|chen
C1014|25|1720|48|pac sulfate hydrate|60|0.9|marta
C1015|21|1450|55|clarifier pac|240|1.0|marta
C1016|13|1650|58|sga|3000|1.0|chen
C1017|12|1100|62|a356|20|1.0|chen
C1018|11|1500|44|foil detergent|1|1.0|marta
C1019|9|900|66|ingot slab|60|1.0|chen
C1020|48|1800|236|slab ingot|35|0.7|chen
C1021|45|1780|285|ingot|40|0.8|chen
C1022|42|1805|410|a356|30|0.7|chen
C1023|40|1750|452|zeolite hydrate|80|0.8|marta
C1024|23|1500|180|pac sulfate|35|0.8|marta
C1025|20|1480|212|a356 ingot|25|0.8|chen
C1026|18|1350|255|fine|10|0.9|chen
C1027|24|1700|430|billet|20|0.7|chen
C1028|12|1250|318|billet|18|0.9|chen
C1029|10|1300|520|hydrate|50|0.8|marta
C1030|9|1600|640|foil detergent|1|1.0|marta
C1031|4|700|74|ingot|70|1.0|chen
C1032|4|640|88|pac|45|1.0|marta
C1033|4|500|79|clarifier|2|1.0|marta
C1034|4|330|5|calcined|12|1.2|chen
C1035|4|280|12|clarifier|120|1.2|marta
C1036|4|240|20|a356|15|1.2|chen
C1037|4|300|25|detergent foil|1|1.0|marta
C1038|1|3|3|ingot|15|1.0|
C1039|1|7|7|pac|20|1.0|
C1040|1|5|5|foil|2|1.0|
C1041|2|40|10|a356|8|1.0|chen
C1042|1|18|18|a356|5|1.0|
C1043|1|27|27|clarifier|3|1.0|
C1044|2|150|33|slab|12|1.0|
C1045|1|68|68|slab|6|1.0|
C1046|1|82|82|detergent|2|1.0|
C1047|2|260|95|billet|9|1.0|
C1048|4|900|165|sulfate|25|1.0|marta
C1049|3|760|222|ingot|100|1.0|chen
C1050|2|800|270|billet|15|1.0|
C1051|1|198|198|clarifier|1|1.0|
C1052|3|1000|302|calcined|9|1.0|
C1053|3|1500|710|ingot|50|1.0|
C1054|2|1400|860|sulfate|15|1.0|
C1055|1|980|980|a356|12|1.0|
C1056|1|1130|1130|foil|300|1.0|
C1057|3|1500|1250|foil|1|1.0|
C1058|1|1420|1420|sga|500|1.0|
C1059|6|1600|920|pac|40|1.0|marta
"""

IN_DOLLARS = "C1013"
DOLLARS = 0.14
DOUBLE = ("C1005", "C2005", 4)  # the first orders of C1005 are under a double

# Mr Zhang: 27 orders in five years, 20,602 in all. days ago: (product, quantity) ...
ZHANG = "C1009"
ZHANG_DAYS = [1830, 1760, 1688, 1611, 1540, 1475, 1398, 1330, 1262, 1190, 1125, 1050]
ZHANG_DAYS += [985, 912, 846, 771, 700, 628, 560, 489, 418, 350, 282, 207, 133, 70, 9]
ZHANG_TOTAL = 20602

# Lines that the former system should not have let out: the import reports them.
BAD_LINES = [
    ("F-990001", "C1003", "2024-02-30", "PA-A356", "20", "410000", "360000", "CNY"),
    ("F-990002", "C1019", "400", "PA-9970", "25", "480,000.00", "430000", "CNY"),
    ("F-990003", "C9999", "377", "CH-PAC", "12", "22400", "14900", "CNY"),
]

# days ago, customer, product, quantity, outcome
OFFERS = [
    (1, "C1002", "billet", 50, "quotation"),
    (2, "C1021", "ingot", 40, "quotation"),
    (4, "C1037", "a356", 20, "quotation"),
    (2, "C1040", "pac", 25, "sent"),
    (6, "C1022", "a356", 30, "sent"),
    (9, "C1013", "billet", 55, "sent"),
    (12, "C1020", "slab", 35, "sent"),
    (15, "C1025", "pac", 40, "sent"),
    (13, "C1019", "slab", 40, "cancelled"),
    (22, "C1014", "sulfate", 60, "cancelled"),
    (31, "C1011", "hydrate", 25, "cancelled"),
    (41, "C1017", "a356", 20, "credited"),
    (38, "C1015", "clarifier", 260, "corrected"),
]


def price_of(product, days_ago, chance):
    """List price of today, less what prices rose since, give or take a little."""
    _code, price, cost = PRODUCTS[product]
    level = 1 - 0.045 * days_ago / YEAR + chance.uniform(-0.03, 0.03)
    return round(price * level, 2), round(cost * level, 2)


def days_of(count, first, last, chance):
    """Days of ``count`` orders from ``first`` to ``last``, roughly even."""
    if count == 1:
        return [last]
    step = (first - last) / (count - 1)
    inner = [
        round(first - step * (i + chance.uniform(-0.3, 0.3)))
        for i in range(1, count - 1)
    ]
    return [first, *inner, last]


def orders_of(row, chance):
    """Yield (customer, days ago, [(product, quantity, price, cost)], salesperson)."""
    ref, count, first, last, products, size, growth, login = row.split("|")
    products, size, growth = products.split(), float(size), float(growth)
    first, last = int(first), int(last)
    for day in days_of(int(count), first, last, chance):
        share = (first - day) / max(1, first - last)
        usual = size * (1 + (growth - 1) * share)
        chosen = chance.sample(products, min(len(products), chance.choice([1, 1, 2])))
        lines = [
            (
                p,
                max(1, round(usual * chance.uniform(0.7, 1.3))),
                *price_of(p, day, chance),
            )
            for p in chosen
        ]
        yield ref, day, lines, "" if login == "None" else login


def zhang_orders(chance):
    """His orders; the price of the last line makes the total come out."""
    rest = ZHANG_TOTAL
    for place, day in enumerate(ZHANG_DAYS):
        product = ("foil", "detergent")[place % 2]
        quantity = (4, 3, 4, 4, 3, 4, 3, 3, 4)[place % 9]
        price, cost = price_of(product, day, chance)
        price = round(price)
        if day == ZHANG_DAYS[-1]:
            quantity, price = 4, rest / 4
        rest -= quantity * price
        yield ZHANG, day, [(product, quantity, price, cost)], "marta"


def all_orders():
    chance = random.Random(20)
    orders = [
        order
        for row in CUSTOMERS.strip().splitlines()
        for order in orders_of(row, chance)
    ]
    orders += zhang_orders(chance)
    return sorted(orders, key=lambda order: (-order[1], order[0]))


def history_rows(orders, chance):
    """Yield the rows of the former system's file."""
    doubles = DOUBLE[2]
    for number, (ref, day, lines, login) in enumerate(orders, start=1):
        if ref == DOUBLE[0] and doubles:
            ref, doubles = DOUBLE[1], doubles - 1
        currency, rate = ("USD", DOLLARS) if ref == IN_DOLLARS else ("CNY", 1)
        clock = f"{chance.randint(8, 17):02}:{chance.randrange(0, 60, 5):02}"
        for line, (product, quantity, price, cost) in enumerate(lines, start=1):
            yield {
                "order": f"F-{number:06}",
                "line": line,
                "partner": ref,
                "days_ago": day,
                "time": clock,
                "product": PRODUCTS[product][0],
                "quantity": quantity,
                "amount": f"{quantity * price * rate:.2f}",
                "cost": f"{quantity * cost * rate:.2f}",
                "currency": currency,
                "salesperson": login,
            }
    names = ("order", "partner", "days_ago", "product", "quantity", "amount", "cost")
    for values in BAD_LINES:
        bad = dict(zip((*names, "currency"), values, strict=True))
        yield {"line": 1, "time": "12:00", "salesperson": "", **bad}


def recent_rows(orders):
    """Yield the orders since the change-over, one line each product."""
    for number, (ref, day, lines, _login) in enumerate(orders, start=1):
        outcome = "invoiced" if day > 8 else "ordered"
        for product, quantity, price, _cost in lines:
            yield number, ref, day, PRODUCTS[product][0], quantity, price, outcome
    for number, offer in enumerate(OFFERS, start=len(orders) + 1):
        day, ref, product, quantity, outcome = offer
        code, price, _cost = PRODUCTS[product]
        price *= DOLLARS if ref == IN_DOLLARS else 1
        yield number, ref, day, code, quantity, f"{price:.2f}", outcome


def write(name, header, rows):
    with open(DEMO / name, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main():
    orders = all_orders()
    old = [order for order in orders if order[1] > CHANGE_OVER]
    new = [order for order in orders if order[1] <= CHANGE_OVER]
    rows = list(history_rows(old, random.Random(5)))
    header = list(rows[0])
    write("sales_history.tsv", header, [[row[name] for name in header] for row in rows])
    header = ("order", "customer", "days_ago", "product", "quantity", "price")
    write("sale_orders.tsv", (*header, "outcome"), recent_rows(new))
    print(len(old), "orders of the former system,", len(new), "since")


if __name__ == "__main__":
    main()
