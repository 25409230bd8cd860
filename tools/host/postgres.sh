# PostgreSQL: an existing server on request, else a private one on a socket.
# Sets DB_HOST DB_PORT DB_USER DB_PASSWORD PG_BIN PG_LIB.
# shellcheck shell=sh

# An existing server is used only when asked for: ODOO_DB_HOST, or CRM_USE_PG=1 with
# the usual PGHOST, PGPORT, PGUSER, PGPASSWORD. A PGHOST that happens to be set is ignored.
existing_postgres() {
    DB_PORT=${ODOO_DB_PORT:-} DB_USER=${ODOO_DB_USER:-} DB_PASSWORD=${ODOO_DB_PASSWORD:-}
    DB_HOST=${ODOO_DB_HOST:-}
    if [ "${CRM_USE_PG:-0}" = 1 ]; then
        DB_HOST=${DB_HOST:-${PGHOST:-/var/run/postgresql}} DB_PORT=${DB_PORT:-${PGPORT:-}}
        DB_USER=${DB_USER:-${PGUSER:-}} DB_PASSWORD=${DB_PASSWORD:-${PGPASSWORD:-}}
    fi
    DB_USER=${DB_USER:-odoo}
    [ "$DB_USER" != postgres ] || die "Odoo refuses the database user postgres: give it a user of its own"
    PGHOST=$DB_HOST PGPORT=$DB_PORT PGUSER=$DB_USER PGPASSWORD=$DB_PASSWORD "$PY" -c \
        'import psycopg2; psycopg2.connect(dbname="postgres")' 2>"$HOST_DIR/log/postgres.log" ||
        die "no connection to PostgreSQL at $DB_HOST as $DB_USER" \
            "$(sed -n 's/^psycopg2.OperationalError: //p' "$HOST_DIR/log/postgres.log" | head -n 1)"
    { have psql && have createdb; } || die "psql and createdb are needed: apt-get install postgresql-client"
    say "using PostgreSQL at $DB_HOST"
    PG_BIN='' PG_LIB=''
}

# find_initdb: the newest PostgreSQL on the system, else the one unpacked here
find_initdb() {
    for pattern in '/usr/lib/postgresql/*' "$HOST_DIR/pgroot/usr/lib/postgresql/*"; do
        # shellcheck disable=SC2012,SC2086  # the pattern is meant to expand
        found=$(ls -d $pattern/bin/initdb 2>/dev/null | sort -V | tail -n 1)
        [ -z "$found" ] || { dirname "$found"; return; }
    done
}

# unpacked, not installed: no server of the system's own is started
fetch_postgres() {
    { have apt-get && have dpkg-deb; } || die "no PostgreSQL here: install one, or set ODOO_DB_HOST"
    say "fetching PostgreSQL"
    index bookworm
    rm -rf "$HOST_DIR/pgroot.new" "$HOST_DIR"/apt/bookworm/cache/archives/*.deb
    quietly "$HOST_DIR/log/apt-postgres.log" apt_in bookworm install -y --download-only --no-install-recommends \
        -o APT::Keep-Downloaded-Packages=true postgresql-15 libmagic1 || die "cannot fetch PostgreSQL"
    unpack_debs "$HOST_DIR/apt/bookworm/cache/archives" "$HOST_DIR/pgroot.new"
    rm -rf "$HOST_DIR/pgroot"
    mv "$HOST_DIR/pgroot.new" "$HOST_DIR/pgroot"
}

reaches() { setpriv --reuid="$PG_RUNAS" --regid="$(id -gn "$PG_RUNAS")" --clear-groups test -x "$1"; }

# place_postgres: where its files and its socket live, and as whom it runs
place_postgres() {
    PG_DIR=$HOST_DIR/pg PG_RUN=$HOST_DIR/pg/run PG_RUNAS=
    key=$(printf %s "$HOST_DIR" | cksum | cut -d' ' -f1)
    if am_root; then  # the server refuses to run as root
        for u in postgres nobody; do
            if id "$u" >/dev/null 2>&1; then PG_RUNAS=$u; break; fi
        done
        reaches "$PG_BIN/initdb" || die "user $PG_RUNAS cannot reach $PG_BIN" \
            "put CRM_HOST_DIR somewhere that all users may enter, or install postgresql"
        # a folder below a closed home is shut to that user
        reaches "$HOST_DIR" || PG_DIR=${TMPDIR:-/var/tmp}/crm-host-$key PG_RUN=${TMPDIR:-/var/tmp}/crm-host-$key/run
    fi
    # a socket's path must fit in 107 bytes
    [ "$(printf '%s/.s.PGSQL.5432' "$PG_RUN" | wc -c)" -lt 107 ] || PG_RUN=${TMPDIR:-/tmp}/crm-host-$(id -u)-$key
}

private_postgres() {
    PG_BIN=$(find_initdb)
    if [ -z "$PG_BIN" ]; then
        fetch_postgres
        PG_BIN=$(find_initdb)
    fi
    PG_LIB=
    case $PG_BIN in
    "$HOST_DIR"/*) PG_LIB=$HOST_DIR/pgroot/usr/lib/$(dpkg --print-architecture | sed 's/amd64/x86_64/;s/arm64/aarch64/')-linux-gnu ;;
    esac
    place_postgres
    {
        printf "PG_BIN='%s'\nPG_LIB='%s'\nPG_DIR='%s'\n" "$PG_BIN" "$PG_LIB" "$PG_DIR"
        printf "PG_RUN='%s'\nPG_RUNAS='%s'\n" "$PG_RUN" "$PG_RUNAS"
    } >"$HOST_DIR/pg.env.new"
    mv "$HOST_DIR/pg.env.new" "$HOST_DIR/pg.env"
    sh "$HOST_TOOLS/pg.sh" start 9>&- || die "PostgreSQL does not start; its log is $PG_DIR/data/server.log"
    DB_HOST=$PG_RUN DB_PORT='' DB_USER=odoo DB_PASSWORD=''
}

setup_postgres() {
    if [ -n "${ODOO_DB_HOST:-}" ] || [ "${CRM_USE_PG:-0}" = 1 ]; then
        rm -f "$HOST_DIR/pg.env"
        existing_postgres
    else
        private_postgres
    fi
}
