# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the demos: $work has what came back of a run, a file for each place.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")
work=$top/build/demo

die() {
	echo "demo: $*" >&2
	exit 1
}

# line FILE START: the first line that begins so, without its beginning
line() {
	sed -n "s/^$2//p" "$work/$1.txt" | head -n 1
}

# check_run FILE WHAT: its programs must have ended well.
check_run() {
	grep -q '^status [a-z]* 0$' "$work/$1.txt" && ! grep -q '^status [a-z]* [1-9]' "$work/$1.txt" && return
	grep -E '^(failed|result FAILED|status|[a-z-]*:)' "$work/$1.txt" | sed 's/^/    /' >&2
	die "$2 failed; all it printed is in build/demo/$1.txt"
}

# run_rig SCRIPT FILE... -- OPTION...: SCRIPT in dom0, beside which FILE.txt are then
run_rig() {
	local script=$1 f files=() gets=()
	shift
	while [ "$1" != -- ]; do
		files+=("$1")
		gets+=(--get "$1.txt")
		shift
	done
	shift
	rm -rf "$work"
	mkdir -p "$work" || die "cannot write build/demo"
	cd "$work" || exit
	# A PV guest, because the emulator makes each exit of a PVH one dear: --guest pvh
	"$top/tests/rig/run" --guest pv "$@" --in dom0 --put "$here/$script" "${gets[@]}" \
		--get demo.png -- "./$script" || die "the run failed"
	for f in "${files[@]}"; do
		[ -s "$work/$f.txt" ] || die "no $f.txt came back"
	done
}

same_results() {
	diff <(grep ^result "$work/native.txt") <(grep ^result "$work/guest.txt") >"$work/diff.txt" && return
	sed 's/^/    /' "$work/diff.txt" >&2
	die "the guest's results are not dom0's"
}
