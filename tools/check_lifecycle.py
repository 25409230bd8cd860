#!/usr/bin/env python3
"""Install, update and uninstall leave the host as it was.

On a clone of the template with the host's apps only: takes a picture of schema
and records, installs our add-ons, updates them, uninstalls them, takes a second
picture, and compares. Then the host must still load, update and serve a page.
Each step logs no error; each kind of thing left behind is one failed check.
"""

import http.client
import subprocess
import sys
import time

import check_install_log
import hostdb
from hostdb import LOGS, HostError

NAME = "crm_test_lifecycle"
SCRIPTS = hostdb.ROOT / "tools" / "lifecycle"
#: name -> query of everything of that kind, as rows that can be compared
SCHEMA = {
    "tables and views": "SELECT relkind::text, relname::text FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S')",
    "columns": "SELECT table_name, column_name, data_type, is_nullable,"
    " coalesce(column_default, '') FROM information_schema.columns"
    " WHERE table_schema = 'public'",
    "indexes": "SELECT indexname::text, indexdef FROM pg_indexes"
    " WHERE schemaname = 'public'",
    "constraints": "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "functions": "SELECT proname::text, md5(prosrc) FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace",
    "triggers": "SELECT tgname::text, tgrelid::regclass::text FROM pg_trigger"
    " WHERE NOT tgisinternal",
    "extensions": "SELECT extname::text FROM pg_extension",
    "external ids": "SELECT module, name, model, res_id FROM ir_model_data",
}
#: tables whose records must be the very same, column by column
CONTENTS = (
    "ir_ui_menu",
    "ir_ui_view",
    "ir_act_window",
    "ir_act_server",
    "ir_act_report_xml",
    "ir_cron",
    "ir_rule",
    "ir_model_access",
    "ir_config_parameter",
    "ir_default",
    "ir_sequence",
    "ir_asset",
    "res_groups",
    "res_groups_privilege",
    "ir_module_category",
    "res_users",
    "mail_template",
    "mail_activity_type",
    "ir_model",
    "ir_model_fields",
    "ir_model_fields_selection",
    "ir_model_constraint",
    "ir_model_inherit",
    "ir_model_relation",
)
#: columns that the host itself touches without a change of meaning
VOLATILE = "{write_date,write_uid,create_date,create_uid,nextcall,lastcall,parent_path}"
#: tables that the host fills and empties by itself: caches, logs, its own counters
UNSTABLE = {
    "bus_bus",
    "ir_attachment",
    "ir_cron_progress",
    "ir_cron_trigger",
    "ir_logging",
    "ir_module_module",
    "ir_module_module_dependency",
    "mail_presence",
    "res_device_log",
    "res_users_log",
}
#: documents of the host that complaints make: they stay when we go, and none is lost
DOCUMENTS = (
    "account_move",
    "account_move_line",
    "account_move_line_account_tax_rel",
    "account_partial_reconcile",
    "account_tax_sale_order_line_rel",
    "sale_order",
    "sale_order_line",
    "sale_order_line_invoice_rel",
    "stock_move",
    "stock_move_line",
    "stock_picking",
    "stock_reference",
    "stock_reference_move_rel",
    "stock_reference_sale_rel",
)
#: what was written on these documents stays, what was written on ours goes
WRITTEN = """
    SELECT m.model, m.id, t.id FROM mail_message m
      LEFT JOIN mail_tracking_value t ON t.mail_message_id = m.id
     WHERE m.model IS NOT NULL
       AND NOT EXISTS (SELECT FROM ir_model i WHERE i.model = m.model)
"""
MESSAGES = ("mail_message", "mail_tracking_value")


# --- PICTURE ------------------------------------------------------------------


def table_names(name):
    rows = hostdb.query(
        name,
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace ORDER BY 1",
    )
    return [row[0] for row in rows]


def contents(name, table):
    """(id, hash of the record) of one table, volatile columns left out."""
    statement = (
        f"SELECT t.id::text, md5((to_jsonb(t) - '{VOLATILE}'::text[])::text),"
        f" coalesce(to_jsonb(t) ->> 'name', '') FROM {table} t"
    )
    return set(hostdb.query(name, statement))


def picture(name):
    """{kind: set of rows} of schema, records and counts."""
    shot = {kind: set(hostdb.query(name, text)) for kind, text in SCHEMA.items()}
    tables = table_names(name)
    for table in CONTENTS:
        if table in tables:
            shot[f"records of {table}"] = contents(name, table)
    counts = " UNION ALL ".join(
        f"SELECT '{table}', count(*) FROM \"{table}\""
        for table in tables
        if table not in UNSTABLE and not table.startswith("orm_signaling_")
    )
    shot["number of records"] = set(hostdb.query(name, counts))
    return shot


def count_documents(name):
    """{(table, number of records)} of the documents that stay."""
    return {
        (table, hostdb.query(name, f"SELECT count(*) FROM {table}")[0][0])
        for table in DOCUMENTS
    }


def compare(before, after):
    """{kind: lines} of what differs between two pictures."""
    found = {}
    for kind, rows in before.items():
        new, gone = after.get(kind, set()) - rows, rows - after.get(kind, set())
        lines = [f"left behind: {row}" for row in sorted(new, key=str)]
        lines += [f"missing: {row}" for row in sorted(gone, key=str)]
        found[kind] = lines
    return found


# --- STEPS --------------------------------------------------------------------


def step(title, args, failures, script=None):
    """Run the host's command line; a failure or a line in its log is recorded."""
    log = LOGS / f"lifecycle-{title}.log"
    status = hostdb.odoo(args, log=log, check=False, script=script)
    text = log.read_text(encoding="utf-8", errors="replace")
    found = check_install_log.findings(text)
    if "Traceback (most recent call last)" in text:  # the shell goes on after it
        found = [*found, hostdb.log_tail(log, 30)]
    if status or found:
        failures[title] = found or [hostdb.log_tail(log)]
    return not status


def serves_page(name):
    """The host answers its login page from this database, and logs no error."""
    port, log = hostdb.free_port(), LOGS / "lifecycle-serve.log"
    command = [sys.executable, "-m", "odoo", "-d", name, "--max-cron-threads=0"]
    command += ["--http-interface", "127.0.0.1", "--http-port", str(port)]
    with open(log, "w", encoding="utf-8") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            status = wait_for_page(server, port)
        finally:
            server.terminate()
            server.wait(30)
    errors = check_install_log.findings(log.read_text(encoding="utf-8"))
    return [] if status == 200 and not errors else [f"status {status}", *errors]


def wait_for_page(server, port):
    for _try in range(60):
        if server.poll() is not None:
            return None
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/web/login")
            return connection.getresponse().status
        except OSError:
            time.sleep(1)
    return None


def lifecycle():
    """{check: what is wrong} of the whole course; an empty list is a pass."""
    checks = {}
    ours = hostdb.own_addons()
    names, database = ",".join(ours), ["-d", NAME, "--no-http", "--stop-after-init"]
    shell = ["shell", "-d", NAME, "--no-http"]
    with hostdb.temporary(hostdb.host_template(), NAME):
        failures = {}
        step("trade", shell, failures, SCRIPTS / "trade.py")
        before = picture(NAME)
        steps = {
            "install": [*database, "-i", names],
            "use": shell,
            "complain": shell,
            "update": [*database, "-u", names],
            "uninstall": ["module", "uninstall", "-d", NAME, *ours],
        }
        for title, args in steps.items():
            script = SCRIPTS / f"{title}.py" if args is shell else None
            alive = step(title, args, failures, script)
            checks[title] = failures.get(title, [])
            if not alive:
                return checks
            if title == "complain":
                made = count_documents(NAME)
        counts = before["number of records"]
        counts -= {row for row in counts if row[0] in (*DOCUMENTS, *MESSAGES)}
        counts |= made
        after = picture(NAME)
        after["number of records"] -= {
            row for row in after["number of records"] if row[0] in MESSAGES
        }
        checks.update(compare(before, after))
        checks["messages of models that are gone"] = [
            f"left behind: {row}" for row in hostdb.query(NAME, WRITTEN)
        ]
        step("host-update", [*database, "-u", "crm"], failures)
        checks["update of the host afterwards"] = failures.get("host-update", [])
        checks["page of the host afterwards"] = serves_page(NAME)
    return checks


def main():
    try:
        checks = lifecycle()
    except HostError as error:
        sys.exit(f"lifecycle: {error}")
    for title, found in checks.items():
        if found:
            print(f"{title}:")
            print("\n".join(f"  {line}" for line in found[:25]))
            if len(found) > 25:
                print(f"  ... and {len(found) - 25} more")
    failed = sum(bool(found) for found in checks.values())
    print(f"{len(checks) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
