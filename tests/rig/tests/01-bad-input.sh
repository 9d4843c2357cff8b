#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: wrong use of the rig gets one line and status 64 or 69, and starts nothing
. "$(dirname "$0")/lib.sh"

# refused STATUS REGEX ARGUMENT...
refused() {
	local status=$1 regex=$2
	shift 2
	rig "$@"
	want_status "$status"
	want err "$regex"
	[ "$(wc -l <"$WORK/err")" = 1 ] || fail "more than a line for: $*"
}

refused 64 'unknown option --frob' --frob -- true
refused 64 'no command' --gpu none
refused 64 'takes one of: virtio venus nouveau vgem none' --gpu voodoo -- true
refused 64 '--guests takes a number from 1 to 8' --guests many -- true
refused 64 '--guests takes a number' --guests 9 -- true
refused 64 '6.1 6.12 7.2' --dom0-kernel 5.10 -- true
refused 64 '--put .*no such file' --put "$WORK/absent" -- true
refused 64 'needs a value' --timeout
refused 64 'put -- before' true
refused 64 'needs a guest' --guest none --in domu -- true
refused 64 'takes no command' --shell -- true
RIG_DOMU_MEMORY=90000000 refused 69 'no memory: .*MiB needed' --guest pvh --gpu none --no-attach -- true
if command -v setpriv >/dev/null && mkdir "$WORK/bin"; then
	# Without sudo in the PATH, as a user that is not root.
	for c in bash env dirname id cat sed awk mkdir; do
		ln -s "$(command -v $c)" "$WORK/bin/"
	done
	chmod 755 "$WORK"
	PATH=$WORK/bin "$(command -v setpriv)" --reuid 65534 --regid 65534 --clear-groups \
		bash "$RIG/run" --gpu none -- true 2>"$WORK/err" && fail "ran without root"
	# A tree that others cannot read is no reason to fail.
	grep -q 'Permission denied' "$WORK/err" || want err 'needs root'
fi
exit 0
