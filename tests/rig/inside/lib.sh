# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the scripts that run in dom0 and in guests.

export PATH=/rig/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8 XDG_RUNTIME_DIR=/run/user
# The port the agent listens on, in dom0 and in every guest.
# shellcheck disable=SC2034
AGENT=7

mount_all() {
	mount -t proc proc /proc
	mount -t sysfs sys /sys
	mount -t tmpfs run /run
	mount -t tmpfs tmp /tmp
	mkdir -p /dev/pts /dev/shm /run/lock "$XDG_RUNTIME_DIR"
	mount -t devpts devpts /dev/pts
	mount -t tmpfs shm /dev/shm
	mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
	mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
	[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd
	ip link set lo up
}

# limits: an emulated machine on a busy host stands still now and then; that is
# no hang, but a task that sleeps for a minute in the kernel is one.
limits() {
	echo 60 >/proc/sys/kernel/hung_task_timeout_secs
	echo 0 >/proc/sys/kernel/watchdog 2>/dev/null
	echo 0 >/proc/sys/kernel/printk_ratelimit
}

guest_ip() {
	echo "10.77.$1.2"
}

# load_ours NAME: the project's module for this kernel, with its dependencies.
load_ours() {
	local ko name
	ko=/rig/modules/$(uname -r)/$1.ko
	[ -e "$ko" ] || return 1
	# insmod does not look for dependencies, modprobe does not take a path.
	for name in $(modinfo -F depends "$ko" | tr , ' '); do
		modprobe "$name" || return 1
	done
	# shellcheck disable=SC2086  # several parameters
	insmod "$ko" ${2:-}
}
