# Shared by the set-up scripts: messages, rights, free space, HOST_DIR.
# shellcheck shell=sh
# shellcheck disable=SC2034  # variables are used by the scripts that source this

umask 022
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

CRM_ROOT=$(CDPATH='' cd -- "$HOST_TOOLS/../.." && pwd -P)
HOST_DIR=${CRM_HOST_DIR:-$CRM_ROOT/.host}

say() { printf '[host] %s\n' "$*" >&2; }
die() {
    printf '[host] error: %s\n' "$1" >&2
    shift
    for hint in "$@"; do printf '[host]        %s\n' "$hint" >&2; done
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
am_root() { [ "$(id -u)" = 0 ]; }

# as_root COMMAND...: as root, through sudo if need be (it may ask on a terminal)
as_root() {
    if am_root; then
        "$@"
    elif have sudo && sudo -n true 2>/dev/null; then
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    elif have sudo && [ -t 0 ]; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        return 1
    fi
}

# quietly LOG COMMAND...: output goes to LOG; shown only when the command fails
quietly() {
    log=$1
    shift
    "$@" >"$log" 2>&1 && return 0
    grep -iE 'error|fail|cannot|unable|no space|could not' "$log" | tail -n 12 >&2 || tail -n 12 "$log" >&2
    say "the whole output is in $log"
    return 1
}

# install_packages PACKAGE...: with the machine's own apt
install_packages() {
    have apt-get || die "$* missing and there is no apt-get here" "install them with the system's package manager"
    am_root || have sudo || die "no rights to install $*" "ask an administrator for: apt-get install $*"
    say "installing $*"
    quietly "$HOST_DIR/log/apt-update.log" as_root apt-get -q update ||
        die "apt-get update failed: no network, no mirror, or no rights (neither root nor sudo)"
    quietly "$HOST_DIR/log/apt-install.log" as_root apt-get -q install -y --no-install-recommends "$@" ||
        die "could not install $*" "ask an administrator for: apt-get install $*"
}

# need_space MB FOLDER
need_space() {
    free=$(df -Pk "$2" | awk 'NR == 2 {print int($4 / 1024)}')
    [ "$free" -ge "$1" ] || die "disk full: $2 has $free MB free, about $1 MB are needed" \
        "make room, or set CRM_HOST_DIR to a folder on a larger disk"
}
