# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034  # used by run
# Running the debug kernel: what has to be larger or to take longer with it.

IMAGE=image DEBUG=no
# RIG_DEBUG=yes: the debug kernel takes the place of 6.12, for tests that name one.
DEBUG_FACTOR=4

# debug_settings: after the options, before anything is measured by them.
debug_settings() {
	if [ "${RIG_DEBUG:-}" = yes ]; then
		DEBUG=yes
		[ "$DOM0_KERNEL" != 6.12 ] || DOM0_KERNEL=debug
		[ "$DOMU_KERNEL" != 6.12 ] || DOMU_KERNEL=debug
		# For PVH guests, which do not boot on it
		RIG_ALSO_KERNELS+=" 6.12"
	fi
	[ "$DOM0_KERNEL" = debug ] || [ "$DOMU_KERNEL" = debug ] || return 0
	IMAGE=image-debug
	TIMEOUT=$((TIMEOUT * DEBUG_FACTOR))
	[ -n "${RIG_BOOT_TIMEOUT:-}" ] || BOOT_TIMEOUT=$((BOOT_TIMEOUT * DEBUG_FACTOR))
	# A slow guest is not a dead one; what the test itself says comes after it.
	RIG_BACK_PARAMETERS="ack_timeout_ms=4000 ack_budget_ms=60000 ${RIG_BACK_PARAMETERS:-}"
	# KASAN takes an eighth of all memory, and keeps what was freed for a while.
	if [ "$DOM0_KERNEL" = debug ]; then
		DOM0_MEMORY=$((DOM0_MEMORY + 1024))
		DOM0_CMDLINE+=" panic_on_warn=1"
	fi
	[ "$DOMU_KERNEL" != debug ] || DOMU_MEMORY=$((DOMU_MEMORY + 512))
}

# kernel_part V: the part of the cache that has its version and modules.
kernel_part() {
	case $1 in
	debug) part_dir debug ;;
	*) part_dir kernels ;;
	esac
}
