# Odoo 19 Community: the one in ODOO_HOME, or Debian's package unpacked in HOST_DIR.
# Sets ODOO_HOME (the folder that holds odoo/) and CORE_ADDONS.
# shellcheck shell=sh

# check_odoo FOLDER: dies unless it holds an Odoo 19
check_odoo() {
    release=$1/odoo/release.py
    [ -f "$release" ] || die "ODOO_HOME=$1 is no Odoo: there is no odoo/release.py in it" \
        "point it to a checkout of Odoo 19, or to the folder that holds the package odoo/"
    found=$(sed -n 's/^version_info = (\([^,]*\), *\([^,]*\),.*/\1.\2/p' "$release" | tr -d "'\"")
    case $found in
    19.*) ;;
    *) die "ODOO_HOME=$1 is Odoo ${found:-of an unknown version}, but Odoo 19 is needed" ;;
    esac
}

# fetch_odoo: from Debian's unstable suite; complete or absent, never half
fetch_odoo() {
    { have apt-get && have dpkg-deb; } || die "no apt here: set ODOO_HOME to an Odoo 19"
    say "fetching Odoo 19 and the static files it links to"
    new=$HOST_DIR/odoo.new
    rm -rf "$new"
    fetch_debs sid "$HOST_DIR/debs/sid" odoo-19 fonts-montserrat
    # font-awesome must be 4.7: bookworm's set fits the links
    fetch_debs bookworm "$HOST_DIR/debs/bookworm" fonts-font-awesome fonts-inconsolata fonts-ocr-b \
        fonts-roboto-unhinted libjs-jquery libjs-jquery-form libjs-underscore
    unpack_debs "$HOST_DIR/debs/sid" "$new"
    unpack_debs "$HOST_DIR/debs/bookworm" "$new"
    # Debian strips this non-free file, yet the manifest of mail names it: without
    # it every page logs an asset error and every browser test fails.
    stub=$new/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    if [ ! -e "$stub" ]; then
        mkdir -p "$(dirname "$stub")"
        printf '/* not shipped: background blur in calls is unavailable */\n' >"$stub"
    fi
    broken=$(find "$new/usr/lib/python3/dist-packages/odoo" -xtype l | head -n 5)
    [ -z "$broken" ] || say "warning: dangling links: $broken"
    rm -rf "$HOST_DIR/odoo"
    mv "$new" "$HOST_DIR/odoo"
    rm -rf "$HOST_DIR/debs"
}

setup_odoo() {
    if [ -n "${ODOO_HOME:-}" ]; then
        [ -d "$ODOO_HOME" ] || die "ODOO_HOME=$ODOO_HOME does not exist"
        ODOO_HOME=$(CDPATH='' cd -- "$ODOO_HOME" && pwd)
        check_odoo "$ODOO_HOME"
        say "using the Odoo in $ODOO_HOME"
    else
        ODOO_HOME=$HOST_DIR/odoo/usr/lib/python3/dist-packages
        [ -d "$HOST_DIR/odoo" ] || fetch_odoo
        check_odoo "$ODOO_HOME"
    fi
    # A package has all add-ons below odoo/; a checkout keeps most of them beside it.
    # (Debian also ships a stray, half-empty addons/ beside odoo/.)
    CORE_ADDONS=$ODOO_HOME/odoo/addons
    [ -f "$CORE_ADDONS/web/__manifest__.py" ] || CORE_ADDONS=$ODOO_HOME/addons,$CORE_ADDONS
}
