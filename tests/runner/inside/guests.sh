# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # the test's declaration, see session
# The guests and modules that a test has asked for. A guest that a former test has
# left in good order is used again if it is of the same kind.

HAVE=/run/session
mkdir -p "$HAVE"

# prepare: modules and guests, all at the same time
prepare()
{
	local n=0 spec pids=() status=0
	# shellcheck disable=SC2086 # several words
	if [ -e "$(back_module)" ]; then
		load_back $back || return
	fi
	for spec in $guests; do
		n=$((n + 1))
		guest_ready "$n" "$spec" &
		pids[n]=$!
	done
	while n=$((n + 1)) && [ -e "$HAVE/$n" ]; do
		forget_guest "$n"
	done
	for n in "${!pids[@]}"; do
		wait "${pids[n]}" || status=1
	done
	return $status
}

# guest_kind KIND[-KERNEL], guest_kernel KIND[-KERNEL]
guest_kind() { echo "${1%%-*}"; }
guest_kernel() { case $1 in *-*) echo "${1#*-}" ;; *) echo 6.12 ;; esac; }

# guest_ready N KIND[-KERNEL]
guest_ready()
{
	local n=$1 kind kernel have
	kind=$(guest_kind "$2") kernel=$(guest_kernel "$2")
	have="$kind $kernel $memory"
	if [ "$fresh" = yes ] || [ "$(cat "$HAVE/$n" 2>/dev/null)" != "$have" ] ||
	   ! in-guest "$n" dmesg -C </dev/null 2>/dev/null; then
		forget_guest "$n"
		echo "a new guest $n: $have"
		GUEST_TYPE=$kind GUEST_KERNEL=$kernel GUEST_MEMORY=$memory \
			guest-create "$n" --no-attach || return
		echo "$have" >"$HAVE/$n"
	fi
	[ -e "$(back_module)" ] || return 0
	# shellcheck disable=SC2086 # several words
	fresh_front "$n" $front || return
	[ "$attach" = no ] || gpu-attach "$n" "$NODE"
}

# forget_guest N: there is none, whatever there was
forget_guest()
{
	rm -f "$HAVE/$1"
	! xl domid "guest$1" >/dev/null 2>&1 || guest-destroy "$1"
}

# fresh_front N PARAMETER...: a new guest has loaded it without parameters
fresh_front()
{
	local n=$1
	shift
	# shellcheck disable=SC2016 # expanded in the guest
	in-guest "$n" sh -c '
		if [ -d /sys/module/pvdrm_front ]; then
			[ $# != 0 ] || exit 0
			rmmod pvdrm-front || exit
		fi
		insmod "/rig/modules/$(uname -r)/pvdrm-front.ko" "$@"' sh "$@" </dev/null
}
