#!/bin/sh
# The tests where least may be taken for granted: a copy in a folder with spaces and letters beyond
# ASCII, by a user who is not root, over articles that nobody may write, with no way but loopback.
#   tools/elsewhere.sh python3.13 [what pytest takes]
set -eu

python=${1:?"say which Python: tools/elsewhere.sh python3.13"}
shift
place=${ELSEWHERE:-/tmp/pullquote-elsewhere}/$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
copy="$place/Größe und Maß"

for tool in unshare setpriv ip git; do
    command -v $tool >/dev/null || { echo "$tool: not found; install util-linux, iproute2 and git" >&2; exit 2; }
done

# The network is there for setting up, and for that alone.
mkdir -p "$copy/embeddings" "$place/home" "$place/tmp"
find "$copy" -mindepth 1 -maxdepth 1 ! -name '.venv' -exec chmod -R u+w {} + -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -T - -cf - | tar -C "$copy" -xf -
make --no-print-directory -C "$copy" setup PYTHON="$("$python" -c 'import sys; print(sys.executable)')"

if [ "$(id -u)" = 0 ]; then
    chown -R nobody "$place"
    chown -R root "$copy/corpus" "$copy/tests/corpus"
    drop="--reuid=nobody --regid=nogroup --clear-groups"
    apart="unshare --net --mount"
else
    drop="--inh-caps=-all --ambient-caps=-all"
    apart="unshare --user --map-current-user --keep-caps --net --mount"
fi
chmod -R a-w "$copy/corpus" "$copy/tests/corpus"

# What runs apart from the network and, of a Python in root's own home, with a way to that alone.
inside='
set -eu
ip link set lo up
home=/root
if [ "$(id -u)" = 0 ] && [ -z "${1##$home/*}" ]; then
    mkdir -p "$2/python"
    mount --bind "$1" "$2/python"
    mount -t tmpfs -o mode=0755 none $home
    mkdir -p "$1"
    mount --bind "$2/python" "$1"
fi
place=$2 drop=$3
shift 3
cd "$place/Größe und Maß"
exec setpriv $drop --no-new-privs env -i PATH="$PATH" LANG="${LANG:-C.UTF-8}" HOME="$place/home" \
    TMPDIR="$place/tmp" PULLQUOTE_ELSEWHERE=1 "$@"
'
prefix=$("$python" -c 'import sys; print(sys.base_prefix)')
exec $apart sh -c "$inside" apart "$prefix" "$place" "$drop" \
    .venv/bin/python -m pytest -n 2 --dist loadfile --basetemp "$place/tmp/Prüfungen hier" "$@"
