# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034  # used by the tests
# For the rig's own tests: run the rig, compare what came.

RIG=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PROJECT=$(cd "$RIG/../.." && pwd -P)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

fail() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	[ ! -f "$WORK/err" ] || tail -15 "$WORK/err" >&2
	exit 1
}

# rig ARGUMENT...: one CPU, as another test runs beside; its output is in $WORK/out and
# err, its status in STATUS.
rig() {
	(cd "$WORK" && exec "$RIG/run" --smp 1 "$@") >"$WORK/out" 2>"$WORK/err"
	STATUS=$?
}

# want_status N
want_status() {
	[ "$STATUS" = "$1" ] || fail "status $STATUS, not $1"
}

# want FILE REGEX
want() {
	grep -qE -- "$2" "$WORK/$1" || fail "no '$2' in its $1"
}
