# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Emulated CPUs that wait for each other must not share a core, or runs time out: a run
# takes as many cores of this machine as its machine has CPUs, others queue.
# RIG_PARALLEL: so many runs at the same time instead, whatever their CPUs.

SLOTS=()

# take_slots: wait for them; they are free again when this process has ended.
take_slots() {
	local most need=$SMP slot=/run/lock/pvdrm-rig
	most=$(nproc)
	[ "${RIG_PARALLEL:-0}" -le 0 ] || most=$RIG_PARALLEL need=1
	[ "$need" -le "$most" ] || need=$most
	# Of the machine, not of a cache or a checkout.
	mkdir -p /run/lock
	# First come, first served: the kernel keeps the queue of a lock. The first
	# in it takes whatever becomes free.
	exec 7>"$slot.queue"
	if ! flock -n 7 || ! free_slots "$slot" "$most" "$need"; then
		say "waiting for another run on this machine to end (RIG_PARALLEL)"
		flock 7
		until free_slots "$slot" "$most" "$need"; do
			sleep 0.5
		done
	fi
	exec 7>&-
}

# free_slots SLOT MOST NEED: take those that are free; status 1 if more are needed
free_slots() {
	local n fd
	for ((n = 1; n <= $2 && ${#SLOTS[@]} < $3; n++)); do
		[ -z "${SLOTS[n]:-}" ] || continue
		exec {fd}>"$1.$n"
		if flock -n "$fd"; then
			SLOTS[n]=$fd
		else
			exec {fd}>&-
		fi
	done
	[ ${#SLOTS[@]} -ge "$3" ]
}

give_slots() {
	local fd
	for fd in "${SLOTS[@]}"; do
		exec {fd}>&-
	done
	SLOTS=()
}
