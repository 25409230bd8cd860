"""Odoo inside the benchmark's process: a registry, transactions, clocks."""

import contextlib
import logging
import statistics
import threading
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import config


def open_registry(name):
    config.parse_config(["-d", name, "--no-http", "--log-level", "error"])
    logging.getLogger("odoo").setLevel(logging.ERROR)
    return Registry(name)


class Session:
    """Runs work in transactions of its own and times it."""

    def __init__(self, name):
        self.registry = open_registry(name)

    @contextlib.contextmanager
    def environment(self, login=None):
        """An environment with an empty cache, as a request has it; commits."""
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})
            if login:
                user = env["res.users"].search([("login", "=", login)])
                companies = {"allowed_company_ids": user.company_ids.ids}
                env = env(
                    user=user, context={"lang": "en_US", "tz": "UTC", **companies}
                )
                env.invalidate_all()
            yield env

    def time(self, work, login=None, prepare=None):
        """Return the seconds of ``work(env)`` with its commit, and its result."""
        if prepare:
            with self.environment() as env:
                prepare(env)
        started = time.monotonic()
        with self.environment(login) as env:
            started = time.monotonic()
            result = work(env)
            env.cr.commit()  # style: CRM117 a script of its own transactions
        return time.monotonic() - started, result

    def median(self, work, times=3, **arguments):
        """Return the median seconds of several runs."""
        return statistics.median(
            self.time(work, **arguments)[0] for _turn in range(times)
        )

    def database_time(self, work, prepare=None):
        """Return the seconds that ``work(env)`` waits for the database."""
        if prepare:
            with self.environment() as env:
                prepare(env)
        thread = threading.current_thread()
        thread.query_time, thread.query_count = 0, 0
        try:
            with self.environment() as env:
                work(env)
            return thread.query_time
        finally:
            del thread.query_time, thread.query_count

    def close(self):
        """Let go of the connections, so that the database can be dropped."""
        close_db(self.registry.db_name)
        Registry.delete(self.registry.db_name)
