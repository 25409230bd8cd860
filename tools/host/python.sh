# The host's Python: ODOO_PYTHON, or an environment in HOST_DIR. Sets PY.
# shellcheck shell=sh

python_fits() {
    have "$1" && "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

# find_python: prints an interpreter that can make environments, or nothing
find_python() {
    if [ -n "${CRM_PYTHON:-}" ]; then
        python_fits "$CRM_PYTHON" || die "CRM_PYTHON=$CRM_PYTHON is no Python 3.10 to 3.13 with venv"
        echo "$CRM_PYTHON"
        return
    fi
    for p in python3.11 python3.12 python3.13 python3.10 python3 /usr/bin/python3; do
        if python_fits "$p"; then
            echo "$p"
            return
        fi
    done
}

# make_venv FOLDER BASE PIP-ARGUMENTS...: complete once FOLDER/.complete holds the checksum in $sum
make_venv() {
    folder=$1 base=$2
    shift 2
    quietly "$HOST_DIR/log/venv.log" "$base" -m venv --clear "$folder" || die "cannot make the Python environment $folder"
    quietly "$HOST_DIR/log/pip-$(basename "$folder").log" "$folder/bin/python" -m pip install \
        -q --disable-pip-version-check --no-input "$@" ||
        die "pip could not install the pinned libraries: is there a network, and does pip reach its index?" \
            "run the command again; it goes on where it stopped"
    printf '%s' "$sum" >"$folder/.complete"
}

setup_python() {
    if [ -n "${ODOO_PYTHON:-}" ]; then
        PY=$(command -v "$ODOO_PYTHON") || die "ODOO_PYTHON=$ODOO_PYTHON does not exist"
    else
        PY=$HOST_DIR/venv/bin/python
        sum=$(cat "$HOST_TOOLS/requirements.txt" "$HOST_TOOLS/constraints.txt" "$CRM_ROOT/requirements.txt" | cksum)" ${CRM_PYTHON:-}"
        if [ "$(cat "$HOST_DIR/venv/.complete" 2>/dev/null)" != "$sum" ]; then
            base=$(find_python)
            if [ -z "$base" ]; then
                install_packages python3 python3-venv
                base=$(find_python)
                [ -n "$base" ] || die "this system's Python is not 3.10 to 3.13: set CRM_PYTHON or ODOO_PYTHON"
            fi
            say "building the Python environment"
            make_venv "$HOST_DIR/venv" "$base" -r "$HOST_TOOLS/requirements.txt" -r "$CRM_ROOT/requirements.txt" \
                -c "$HOST_TOOLS/constraints.txt" --only-binary :all: --no-binary ofxparse,docopt
        fi
    fi
    PYTHONPATH=$ODOO_HOME "$PY" -c 'import babel, lxml, numpy, psycopg2, scipy, werkzeug, odoo.release' ||
        die "$PY lacks libraries that Odoo needs" "install tools/host/requirements.txt and requirements.txt into it, or unset ODOO_PYTHON"
}

# the linters' own environment: pylint-odoo pins what the host must not have
setup_lint() {
    sum=$(cksum <"$CRM_ROOT/requirements-dev.txt")" ${CRM_PYTHON:-}"
    [ "$(cat "$HOST_DIR/lint/.complete" 2>/dev/null)" != "$sum" ] || return 0
    base=$(find_python)
    [ -n "$base" ] || base=$PY
    say "building the linters' environment"
    make_venv "$HOST_DIR/lint" "$base" -r "$CRM_ROOT/requirements-dev.txt" --only-binary :all:
}
