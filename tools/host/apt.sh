# Debian packages into our own folders; nothing is installed on the system.
# shellcheck shell=sh

# The mirror, its proxies and keys are whatever this machine's apt already uses.
debian_site() {
    # the label is only known where lists were fetched; otherwise go by address and suite
    # shellcheck disable=SC2016  # $(SITE) is apt's own placeholder
    s=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | sort -u | head -n 1)
    if [ -z "$s" ]; then
        # shellcheck disable=SC2016
        all=$(apt-get indextargets --no-release-info --format '$(SITE) $(RELEASE)' 'Created-By: Packages' 'Component: main' 2>/dev/null |
            grep -v security || :)
        s=$(printf '%s\n' "$all" | awk '$1 ~ /\/debian\/?$/ {print $1; exit}')
        [ -n "$s" ] || s=$(printf '%s\n' "$all" | awk 'NF {print $1; exit}')
    fi
    [ -n "$s" ] || die "apt has no Debian source configured" "set ODOO_HOME to an Odoo 19 that you have"
    printf '%s\n' "$s"
}

# apt_in SUITE COMMAND...: apt-get that sees only SUITE and keeps its state in HOST_DIR
apt_in() {
    suite=$1
    shift
    d=$HOST_DIR/apt/$suite
    mkdir -p "$d/lists/partial" "$d/cache/archives/partial" "$d/etc"
    opt=
    k=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -r "$k" ] && opt="[signed-by=$k] "
    site=$(debian_site) || exit 1
    printf 'deb %s%s %s main\n' "$opt" "$site" "$suite" >"$d/etc/sources.list"
    apt-get -q -o Dir::Etc::SourceList="$d/etc/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$d/lists" -o Dir::Cache="$d/cache" \
        -o Acquire::Languages=none -o Acquire::Retries=2 -o Debug::NoLocking=1 \
        -o APT::Sandbox::User="$(id -un)" -o APT::Update::Post-Invoke-Success::= "$@" </dev/null
}

# index SUITE: its package lists, fetched once
index() {
    [ ! -e "$HOST_DIR/apt/$1/updated" ] || return 0
    quietly "$HOST_DIR/log/apt-$1.log" apt_in "$1" -o APT::Update::Error-Mode=any update ||
        die "no package lists for Debian $1: is there a network, and does apt reach its mirror?" \
            "without one, set ODOO_HOME to an Odoo 19 that you have"
    : >"$HOST_DIR/apt/$1/updated"
}

# fetch_debs SUITE FOLDER PACKAGE...
fetch_debs() {
    s=$1 f=$2
    shift 2
    index "$s"
    mkdir -p "$f"
    (cd "$f" && quietly "$HOST_DIR/log/apt-download.log" apt_in "$s" download "$@") && return 0
    rm -f "$HOST_DIR/apt/$s/updated"  # perhaps the list is older than the mirror: next run fetches it again
    die "cannot fetch from Debian $s: $*" "run the command again; it goes on where it stopped"
}

# unpack_debs FOLDER ROOT
unpack_debs() {
    for deb in "$1"/*.deb; do
        dpkg-deb -x "$deb" "$2" || die "cannot unpack $deb"
    done
}
