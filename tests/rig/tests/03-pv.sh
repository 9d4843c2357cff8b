#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: two PV guests of another kernel than dom0's; each has its own output and files
. "$(dirname "$0")/lib.sh"

echo hello >"$WORK/put me"
# shellcheck disable=SC2016  # expanded in the guest
rig --gpu none --guest pv --guests 2 --dom0-kernel 6.1 --domu-kernel 7.2 --no-attach \
	--put "$WORK/put me" --get "put me" --get who -- \
	sh -c 'cat /sys/hypervisor/guest_type; uname -r; echo $PVDRM_GUEST >who; exit $((PVDRM_GUEST + 6))'
want_status 7
for n in 1 2; do
	want out "^guest$n: PV\$"
	want out "^guest$n: 7\\.2\\."
	[ "$(cat "$WORK/who.$n")" = "$n" ] || fail "guest $n's file is not its own"
	[ "$(cat "$WORK/put me.$n")" = hello ] || fail "--put and --get changed a file"
done
exit 0
