#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: two runs at the same time do not disturb each other, and leave nothing; two PV
# guests of another kernel than dom0's each have their own output and files
# cpus: 2
. "$(dirname "$0")/lib.sh"

export RIG_PARALLEL=2
echo hello >"$WORK/put me"
# shellcheck disable=SC2016  # expanded in the guest
command='cat /sys/hypervisor/guest_type; uname -r; echo $PVDRM_GUEST >who; exit $((PVDRM_GUEST + 6))'
(cd "$WORK" && exec "$RIG/run" --smp 1 --gpu none --guest pv --guests 2 --dom0-kernel 6.1 --domu-kernel 7.2 --no-attach \
	--put "put me" --get "put me" --get who -- sh -c "$command") >"$WORK/out1" 2>"$WORK/err1" &
pids[1]=$!
"$RIG/run" --smp 1 --gpu virtio --guest none -- sh -c "sleep 3; echo run 2; ls /dev/dri" >"$WORK/out2" 2>"$WORK/err2" &
pids[2]=$!

wanted=([1]=7 [2]=0)
for n in 1 2; do
	wait "${pids[n]}"
	STATUS=$?
	cp "$WORK/err$n" "$WORK/err"
	want_status "${wanted[n]}"
	dir=$(sed -n 's/.*logs: //p' "$WORK/err$n" | head -1)
	! pgrep -f "enter-emulator.*$dir" >/dev/null || fail "run $n left a process"
done
for n in 1 2; do
	want out1 "^guest$n: PV\$"
	want out1 "^guest$n: 7\\.2\\."
	[ "$(cat "$WORK/who.$n")" = "$n" ] || fail "guest $n's file is not its own"
	[ "$(cat "$WORK/put me.$n")" = hello ] || fail "--put and --get changed a file"
done
want out2 '^run 2$'
want out2 '^renderD128$'
exit 0
