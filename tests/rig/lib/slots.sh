# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Two emulators on two cores are not half as fast but time out: let runs queue.
# RIG_PARALLEL: emulators at the same time on this machine; a core is kept for
# the processes of each one's GPU.

# take_slot: wait for one; it is free again when this process has ended.
take_slot() {
	local most=${RIG_PARALLEL:-$(($(nproc) / 2))} slot=/run/lock/pvdrm-rig
	[ "$most" -gt 0 ] || most=1
	# Of the machine, not of a cache or a checkout.
	mkdir -p /run/lock
	! any_slot "$slot" "$most" || return 0
	say "waiting for another run on this machine to end (RIG_PARALLEL)"
	# First come, first served: the kernel keeps the queue of a lock. The first
	# in it takes whatever becomes free.
	exec 7>"$slot.queue"
	flock 7
	until any_slot "$slot" "$most"; do
		sleep 0.5
	done
	exec 7>&-
}

# any_slot SLOT MOST
any_slot() {
	local n
	for ((n = 1; n <= $2; n++)); do
		exec 8>"$1.$n"
		flock -n 8 && return
	done
	return 1
}
