#!/bin/sh
# setup.sh [--browser] [--lint]: gets the host ready below one folder (.host/):
# Odoo 19 Community, its Python environment, a private PostgreSQL, configuration.
# Safe to run again and after an interruption: what is there is kept.
#
#   CRM_HOST_DIR  where everything goes (default: .host in the project)
#   CRM_PYTHON    the interpreter to build the environment with (3.10 to 3.13)
#   ODOO_HOME     an existing Odoo 19: a git checkout, or a folder that holds odoo/
#   ODOO_PYTHON   an interpreter that already has Odoo's libraries
#   ODOO_DB_HOST  an existing PostgreSQL (with ODOO_DB_PORT, ODOO_DB_USER, ODOO_DB_PASSWORD)
#   CRM_USE_PG    1: an existing PostgreSQL named by PGHOST, PGPORT, PGUSER, PGPASSWORD
set -eu
HOST_TOOLS=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
for part in lib apt odoo python postgres browser; do
    # shellcheck source=/dev/null
    . "$HOST_TOOLS/$part.sh"
done

mkdir -p "$HOST_DIR/data" "$HOST_DIR/log"
# a second set-up of the same folder waits for the first
exec 9>"$HOST_DIR/.lock"
have flock && flock 9

if [ -e "$HOST_DIR/env" ]; then need=500; else need=4000; fi
need_space "${CRM_NEED_MB:-$need}" "$HOST_DIR"

# write_config NAME ADDONS: one Odoo configuration file
write_config() {
    {
        echo '[options]'
        echo "db_host = $DB_HOST"
        [ -z "$DB_PORT" ] || echo "db_port = $DB_PORT"
        echo "db_user = $DB_USER"
        [ -z "$DB_PASSWORD" ] || echo "db_password = $DB_PASSWORD"
        echo "data_dir = $HOST_DIR/data"
        echo "addons_path = $CORE_ADDONS,$2"
        echo 'http_interface = 127.0.0.1'
        echo 'http_port = 8069'
        echo 'list_db = True'
        echo "screenshots = $HOST_DIR/screenshots"
    } >"$HOST_DIR/$1.new"
    chmod 600 "$HOST_DIR/$1.new"
    mv "$HOST_DIR/$1.new" "$HOST_DIR/$1"
}

# write_env: what the commands source
write_env() {
    {
        echo '# written by tools/host/setup.sh; sourced by ./crm'
        echo 'unset PGPORT PGPASSWORD PGDATABASE PGSERVICE PGHOST_REPLICA OPENERP_SERVER'
        echo "export CRM_ROOT='$CRM_ROOT' HOST_DIR='$HOST_DIR' ODOO_PY='$PY' CORE_ADDONS='$CORE_ADDONS'"
        echo "export PYTHONPATH='$ODOO_HOME' ODOO_RC='$HOST_DIR/odoo.conf' PYTHONDONTWRITEBYTECODE=1"
        echo "export PGHOST='$DB_HOST' PGUSER='$DB_USER'"
        [ -z "$DB_PORT" ] || echo "export PGPORT='$DB_PORT'"
        [ -z "$DB_PASSWORD" ] || echo "export PGPASSWORD='$DB_PASSWORD'"
        [ -z "$PG_BIN" ] || echo "PATH='$PG_BIN':\$PATH"
        # psql and python-magic need the libraries that came with the unpacked PostgreSQL
        [ -z "$PG_LIB" ] ||
            echo "export LD_LIBRARY_PATH='$PG_LIB' MAGIC='$HOST_DIR/pgroot/usr/lib/file/magic.mgc'"
    } >"$HOST_DIR/env.new"
    chmod 600 "$HOST_DIR/env.new"
    mv "$HOST_DIR/env.new" "$HOST_DIR/env"
}

setup_odoo
setup_python
setup_postgres
for option in "$@"; do
    case $option in
    --browser) setup_browser ;;
    --lint) setup_lint ;;
    *) die "unknown option $option" ;;
    esac
done
write_config odoo.conf "$CRM_ROOT/addons"
write_config test.conf "$CRM_ROOT/addons,$CRM_ROOT/tests"
write_env
