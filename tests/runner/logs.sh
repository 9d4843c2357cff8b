# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which lines of the consoles are a test's: all after its mark, which the session
# in dom0 writes into each (inside/session).

# shellcheck disable=SC2034 # for the rig's logs.sh
RIG_DIR=$TOP/tests/rig
# shellcheck source=tests/rig/lib/logs.sh
. tests/rig/lib/logs.sh

# With injected faults, a page fault may find no memory. Linux says so, and tries again.
[ -z "${CAMPAIGN_FAULTS:-}" ] || export RIG_ALLOW='Huh VM_FAULT_OOM leaked out to the #PF handler\. Retrying PF'

# consoles RUN_DIR
consoles()
{
	find "$1" -maxdepth 1 -name 'xen-dom0.log' -o -maxdepth 1 -name 'guest*.log' | sort
}

# since_mark LOG NAME: the test's lines. A console without any mark is that of a
# guest which the test itself has started.
since_mark()
{
	if grep -aq 'rig: test .* begins' "$1"; then
		tr -d '\r\000' <"$1" | sed -n "/rig: test $2 begins/,\$p"
	else
		tr -d '\r\000' <"$1"
	fi
}

# wait_for_mark RUN_DIR NAME: the serial console is slower than dom0's report.
wait_for_mark()
{
	local n
	for ((n = 0; n < 50; n++)); do
		! grep -aq "rig: test $2 ended" "$1/xen-dom0.log" || return 0
		sleep 0.1
	done
}

# test_logs RUN_DIR NAME: its bad lines; status 0 if there is one
test_logs()
{
	local log parts=$WORK/parts.$BASHPID status
	rm -rf "$parts"
	mkdir "$parts"
	while read -r log; do
		since_mark "$log" "$2" >"$parts/$(basename "$log")"
	done < <(consoles "$1")
	bad_lines "$parts"/*
	status=$?
	rm -rf "$parts"
	return $status
}

# triple_fault RUN_DIR NAME: the emulator's fault, not the test's (docs/rig.md, trap 5)
triple_fault()
{
	since_mark "$1/xen-dom0.log" "$2" | grep -q 'Triple fault'
}
