#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: two runs at the same time do not disturb each other, and leave nothing
. "$(dirname "$0")/lib.sh"

export RIG_PARALLEL=2
for n in 1 2; do
	"$RIG/run" --gpu virtio --guest none -- sh -c "sleep 3; echo run $n; ls /dev/dri" >"$WORK/out$n" 2>"$WORK/err$n" &
	pids[n]=$!
done
for n in 1 2; do
	wait "${pids[n]}"
	STATUS=$?
	cp "$WORK/err$n" "$WORK/err"
	want_status 0
	want "out$n" "^run $n\$"
	want "out$n" '^renderD128$'
	dir=$(sed -n 's/.*logs: //p' "$WORK/err$n" | head -1)
	! pgrep -f "enter-emulator.*$dir" >/dev/null || fail "run $n left a process"
done
exit 0
