# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Two emulators on two cores are not half as fast but time out: let runs queue.
# RIG_PARALLEL: emulators at the same time on this machine; a core is kept for
# the processes of each one's GPU.

# take_slot: wait for one; it is free again when this process has ended.
take_slot() {
	local n most=${RIG_PARALLEL:-$(($(nproc) / 2))} slot=/run/lock/pvdrm-rig
	[ "$most" -gt 0 ] || most=1
	# Of the machine, not of a cache or a checkout.
	mkdir -p /run/lock
	for ((n = 1; n <= most; n++)); do
		exec 8>"$slot.$n"
		flock -n 8 && return
	done
	say "waiting for another run on this machine to end (RIG_PARALLEL)"
	# First come, first served: the kernel keeps the queue of a lock.
	exec 8>"$slot.$((1 + RANDOM % most))"
	flock 8
}
