"""The fixed POSIX scripts that run on the server; what varies comes as arguments and standard input, never as text.

They need sh, coreutils (or busybox), awk and wireguard-tools. Their exit statuses above 60 are ours, so that a cause
is told apart from whatever a command of the server returns.
"""

from __future__ import annotations

NO_WG = 61
NO_INTERFACE = 62
NO_FILE = 63
FILE_CHANGED = 64
TRUNCATED = 65
NOT_WRITABLE = 66
WG_SET_FAILED = 67
WRITE_FAILED = 68

_PATHS = (
    'PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin:/usr/local/bin"; export PATH; LC_ALL=C; export LC_ALL; umask 077\n'
)

STATE = (
    _PATHS
    + r"""
command -v wg >/dev/null 2>&1 || exit 61
dump=$(wg show "$1" dump) || exit 62
printf "%s\n" "$dump" | awk -F "\t" -v OFS="\t" 'NR == 1 { $1 = "(hidden)" } NR > 1 { $2 = "(hidden)" } { print }'
"""
)
"""$1 interface. Answers the dump without any secret."""

READ = (
    _PATHS
    + r"""
command -v wg >/dev/null 2>&1 || exit 61
[ -f "$2" ] || exit 63
dump=$(wg show "$1" dump) || exit 62
printf "%s\n" "$dump" | awk -F "\t" -v OFS="\t" 'NR == 1 { $1 = "(hidden)" } { print }'
printf "\0"
cat -- "$2" || exit 63
"""
)
"""$1 interface, $2 file. Answers the dump without the interface's private key, a NUL, the file's bytes."""

COMMIT = (
    _PATHS
    + r"""
interface=$1; path=$2; old=$3; new=$4; shift 4
command -v wg >/dev/null 2>&1 || exit 61
[ -f "$path" ] || exit 63
path=$(readlink -f -- "$path") || exit 63
folder=${path%/*}
IFS= read -r secret || exit 65
temporary=$(mktemp "$folder/.tns-XXXXXX") || exit 66
trap 'rm -f -- "$temporary"' EXIT
trap 'exit 65' HUP INT TERM
if [ "$new" != "-" ]; then
    cp -p -- "$path" "$temporary" && cat > "$temporary" || exit 66
    [ "$(sha256sum < "$temporary" | cut -d " " -f 1)" = "$new" ] || exit 65
    sync "$temporary" 2>/dev/null || sync
fi
if command -v flock >/dev/null 2>&1; then
    exec 9< "$folder" && flock -w 20 9 || exit 64
fi
[ "$(sha256sum < "$path" | cut -d " " -f 1)" = "$old" ] || exit 64
trap "" HUP INT TERM PIPE
if [ "$#" -gt 0 ]; then
    printf "%s\n" "$secret" 2>/dev/null | wg set "$interface" "$@" || exit 67
fi
if [ "$new" != "-" ]; then
    mv -f -- "$temporary" "$path" || exit 68
fi
"""
)
"""$1 interface, $2 file, $3 SHA-256 of the file as read, $4 of the new one or `-`, the rest: arguments of `wg set`.

Standard input: the preshared key (or an empty line) and then the new file. Nothing happens before all of it has
arrived whole; then, with the folder locked where the server has flock, the interface changes and the file is renamed
into place with the old one's owner and mode. From there on a cut connection does not stop it.
"""

PROBE = (
    _PATHS
    + r"""
say() { printf "%s\t%s\n" "$1" "$2"; }
say uid "$(id -u)"
say system "$(uname -sr)"
for tool in wg wg-quick awk sha256sum mktemp readlink cut; do
    command -v "$tool" >/dev/null 2>&1 && say tool "$tool"
done
command -v wg >/dev/null 2>&1 && say wg_version "$(wg --version 2>/dev/null | cut -d " " -f 2)"
if answer=$(wg show "$1" public-key 2>&1); then say interface up; else say interface "$answer"; fi
[ -f "$2" ] && say file yes
[ -r "$2" ] && say readable yes
[ -w "$2" ] && [ -w "${2%/*}" ] && say writable yes
ip -o address show dev "$1" 2>/dev/null | awk '{ print "address\t" $4 }'
"""
)
"""$1 interface, $2 file. Answers `name TAB value` lines."""
