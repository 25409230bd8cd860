#!/bin/sh
# pg.sh start|stop|status: the private PostgreSQL of HOST_DIR (placed by setup.sh)
set -eu
HOST_TOOLS=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
# shellcheck source=/dev/null
. "$HOST_TOOLS/lib.sh"
umask 077
if [ ! -e "$HOST_DIR/pg.env" ]; then
    [ "${1:-}" = start ] && die "no private PostgreSQL here yet"
    exit 0
fi
# shellcheck source=/dev/null
. "$HOST_DIR/pg.env"
: "${PG_BIN:?}" "${PG_DIR:?}" "${PG_RUN:?}"

as_server() {
    if [ -n "$PG_RUNAS" ]; then
        set -- setpriv --reuid="$PG_RUNAS" --regid="$(id -gn "$PG_RUNAS")" --clear-groups \
            env -i PATH=/usr/bin:/bin HOME=/tmp LC_ALL=C.UTF-8 LD_LIBRARY_PATH="$PG_LIB" "$@"
    elif [ -n "$PG_LIB" ]; then
        set -- env LD_LIBRARY_PATH="$PG_LIB" "$@"
    fi
    (cd / && exec "$@")
}

# a folder in a place for all must not be somebody else's
mine() {
    owner=$(stat -c %u "$1")
    [ "$owner" = "$(id -u)" ] || { [ -n "$PG_RUNAS" ] && [ "$owner" = "$(id -u "$PG_RUNAS")" ]; } ||
        die "$1 belongs to another user"
}

own() { [ -z "$PG_RUNAS" ] || chown "$PG_RUNAS" "$@"; }

create_cluster() {
    mkdir -p "$PG_DIR"
    mine "$PG_DIR"
    chmod 755 "$PG_DIR"
    rm -rf "$PG_DIR/data"
    mkdir -p "$PG_DIR/data"
    own "$PG_DIR" "$PG_DIR/data"
    as_server "$PG_BIN/initdb" -D "$PG_DIR/data" -U odoo -E UTF8 --locale=C.UTF-8 --auth=trust --no-sync >/dev/null
    cat >>"$PG_DIR/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$PG_RUN'
unix_socket_permissions = 0700
shared_buffers = 256MB
max_wal_size = 2GB
wal_level = minimal
max_wal_senders = 0
# throw-away data: speed before safety
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
    : >"$PG_DIR/.complete"
}

running() { as_server "$PG_BIN/pg_ctl" -D "$PG_DIR/data" status >/dev/null 2>&1; }

case ${1:-} in
start)
    [ -s "$PG_DIR/data/PG_VERSION" ] && [ -e "$PG_DIR/.complete" ] || create_cluster
    mkdir -p "$PG_RUN"
    mine "$PG_RUN"
    chmod 700 "$PG_RUN"
    own "$PG_RUN"
    running || as_server "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -l "$PG_DIR/data/server.log" -w -t 60 start >/dev/null
    ;;
stop) if running; then as_server "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m fast -w stop >/dev/null; fi ;;
status) as_server "$PG_BIN/pg_ctl" -D "$PG_DIR/data" status ;;
*)
    echo 'usage: pg.sh start|stop|status' >&2
    exit 2
    ;;
esac
