"""What is measured of the import of a sales history: check and load of one file."""

import base64
import random
import time

HEADER = "partner,date,order,product,quantity,amount,currency,partner_name,product_name"


class Imports:
    """One import of generated orders, three lines each, of a system of its own."""

    def __init__(self, session):
        self.session = session

    def _lines(self, orders):
        """The lines: a fifth as many customers, a hundred products, three years."""
        dice = random.Random(orders)
        yield HEADER
        for number in range(orders):
            customer = dice.randrange(orders // 5 + 1)
            day = f"201{dice.randrange(6, 9)}-{dice.randrange(1, 13):02}"
            day += f"-{dice.randrange(1, 29):02}"
            for _line in range(3):
                product = dice.randrange(100)
                yield (
                    f"BENCH-{customer},{day},B-{number},BENCH-{product},"
                    f"{dice.randrange(1, 9)},{dice.randrange(100, 9999) / 100},USD,"
                    f"Customer {customer},Product {product}"
                )

    def check(self, orders):
        text = "\n".join(self._lines(orders)).encode()

        def work(env):
            job = env["crm.sales.history.import"].create(
                {
                    "name": "Benchmark",
                    "file": base64.b64encode(text),
                    "file_name": "benchmark.csv",
                    "source": f"benchmark_{int(time.time())}",
                    "company_id": env.company.id,
                    "create_customers": True,
                    "create_products": True,
                }
            )
            job.action_validate()
            assert job.valid_order_count == orders, job.problem_summary
            return job.id

        seconds, self.job_id = self.session.time(work)
        return seconds

    def load(self):
        """Load batch by batch, each its own transaction, as the background job does."""
        started, cache = time.monotonic(), {}
        with self.session.environment() as env:
            job = env["crm.sales.history.import"].browse(self.job_id)
            job.action_queue()
            while job.state in ("queued", "running"):
                job.process_batch(cache)
                env.cr.commit()  # style: CRM117 a script of its own transactions
        return time.monotonic() - started
