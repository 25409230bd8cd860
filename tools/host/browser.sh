# What browser tests and screenshots need: Chromium, a Chinese font, the PDF tool.
# shellcheck shell=sh

setup_browser() {
    packages=
    have chromium || have google-chrome || have google-chrome-stable || packages="chromium"
    have wkhtmltopdf || packages="$packages wkhtmltopdf"
    if ! have fc-list || [ -z "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]; then
        packages="$packages fontconfig fonts-noto-cjk"
    fi
    # shellcheck disable=SC2086  # a list of names
    [ -z "$packages" ] || install_packages $packages fonts-dejavu-core
    have chromium || have google-chrome || have google-chrome-stable ||
        die "no Chromium: browser tests cannot run" "install chromium and run again"
}
