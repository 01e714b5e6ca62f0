#!/usr/bin/env bash
# Run a command as nobody: as_nobody.sh DIRECTORY… -- COMMAND…
# With STAY_ROOT set it stays root, and merely finds a machine whose directories nobody can reach as well.
# The directories (interpreter, checkout) stay reachable even inside a home that is closed to others: a mount
# namespace of our own puts an empty, open directory over the closed one and the wanted ones back into it.
set -euo pipefail

if [[ ${1:-} != --inside ]]; then
    exec unshare --mount --propagation private -- "$BASH" "$0" --inside "$@"
fi
shift

# The first directory on the way to $1 that others may not enter, or nothing.
closed_ancestor() {
    local path='' part
    local -a parts
    IFS=/ read -ra parts <<<"${1#/}"
    for part in "${parts[@]}"; do
        path+=/$part
        if ! (($(stat -c '0%a' "$path") & 1)); then
            echo "$path"
            return
        fi
    done
}

wanted=()
while [[ $1 != -- ]]; do
    wanted+=("$1")
    shift
done
shift

declare -A covered=()
kept=$(mktemp -d)
mount -t tmpfs tmpfs "$kept"
for i in "${!wanted[@]}"; do
    closed=$(closed_ancestor "${wanted[i]}")
    [[ -n $closed ]] || continue
    covered[$closed]+=" $i"
    mkdir "$kept/$i"
    mount --bind "${wanted[i]}" "$kept/$i"
done
for closed in "${!covered[@]}"; do
    mount -t tmpfs -o mode=755 tmpfs "$closed"
    for i in ${covered[$closed]}; do
        mkdir -p "${wanted[i]}"
        mount --move "$kept/$i" "${wanted[i]}"
    done
done
umount "$kept"
rmdir "$kept"

export HOME=/
[[ -z ${STAY_ROOT:-} ]] || exec "$@"
exec setpriv --reuid nobody --regid nogroup --clear-groups -- "$@"
