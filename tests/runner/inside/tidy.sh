# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # the test's declaration, see session
# After a test: all that PVDRM holds can be given back, or something has leaked.

back_module()
{
	echo "/rig/modules/$(uname -r)/pvdrm-back.ko"
}

unload_back()
{
	[ ! -d /sys/module/pvdrm_back ] || unload pvdrm_back
}

# tidy STATUS: of the test. Its guests are kept for the next one unless it failed.
tidy()
{
	local status=0 module n
	detach_all || status=1
	for n in "$HAVE"/*; do
		[ -e "$n" ] || continue
		n=${n##*/}
		if [ "$1" = 0 ] && guest_alive "$n"; then
			tidy_guest "$n" || status=1
		else
			forget_guest "$n"
		fi
	done
	for module in $modules; do
		module=${module//-/_}
		# Not loaded, or made to stay for good, as fencer is
		grep -q "^$module " /proc/modules && ! grep -q "^$module .*\[permanent\]" /proc/modules || continue
		unload "$module" || { echo "left behind in dom0: $module is in use"; status=1; }
	done
	unload_back || { echo "left behind in dom0: pvdrm-back is in use"; status=1; }
	for n in "$HAVE"/*; do
		[ ! -e "$n" ] || in-guest "${n##*/}" leaks </dev/null || status=1
	done
	leaks || status=1
	rm -rf /tmp/*
	return $status
}

guest_alive()
{
	xl domid "guest$1" >/dev/null 2>&1 && IN_GUEST_WAIT=3 timeout 10 in-guest "$1" true </dev/null 2>/dev/null
}

detach_all()
{
	local device domid
	for device in /sys/bus/xen-backend/devices/vdrm-*; do
		[ -e "$device" ] || continue
		device=${device##*/vdrm-}
		domid=${device%-*}
		vdrm detach "$domid" "${device#*-}" || { echo "left behind: device $device"; return 1; }
	done
}

# tidy_guest N: no module of ours, no files
tidy_guest()
{
	# shellcheck disable=SC2016,SC2086 # expanded in the guest; several words
	in-guest "$1" sh -c '
		status=0
		for module in pvdrm_front "$@"; do
			n=0
			while [ -d /sys/module/$module ] && ! rmmod $module 2>/tmp/rmmod; do
				n=$((n + 1))
				[ $n -lt 50 ] || { echo "left behind in a guest: $(cat /tmp/rmmod)"; status=1; break; }
				sleep 0.1
			done
		done
		rm -rf /tmp/*
		exit $status' sh ${modules//-/_} </dev/null
}
