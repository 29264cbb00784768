#!/usr/bin/env bash
# Runs the harness against Linphone. Installs the Debian packages of liblinphone where they are missing, which is the only
# thing that needs root. Arguments go to `imdnspec run`; IMDNSPEC names the harness's binary. With --install it installs
# them, and the packages named behind it, and runs nothing.
set -Eeuo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly imdnspec=${IMDNSPEC:-$here/../../../target/release/imdnspec}
# The library, and the grammars without which it aborts at the first message. The package of the library does not depend
# on the other.
packages=(liblinphone10 linphone-common)
if [ "${1-}" = --install ]; then
    packages+=("${@:2}")
fi
readonly packages

give_up() {
    printf '%s\n' "$@" >&2
    exit 3
}

installed() {
    local status
    status=$(dpkg-query -W -f '${db:Status-Status} ' "${packages[@]}" 2>/dev/null) || return 1
    [ "$status" = "$(printf 'installed %.0s' "${packages[@]}")" ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

install() {
    command -v apt-get >/dev/null ||
        give_up "This is no Debian system: install liblinphone 5.1 and its grammars yourself, then run" \
            "  $imdnspec run --iut $here/iut.yaml"
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null ||
        give_up "Linphone is not installed, and neither root nor sudo without a password is available. Run as root:" \
            "  apt-get install --no-install-recommends ${packages[*]}"
    as_root apt-get update -q
    as_root apt-get install -q -y --no-install-recommends "${packages[@]}"
}

if [ "${1-}" = --install ]; then
    installed || install
    exit
fi
command -v python3 >/dev/null || give_up "python3 is missing; the driver is written in it."
[ -x "$imdnspec" ] || give_up "There is no $imdnspec: run \`cargo build --release\`, or say where it is with IMDNSPEC."
installed || install
exec "$imdnspec" run --iut "$here/iut.yaml" "$@"
