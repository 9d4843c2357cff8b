# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the test scripts that run in dom0.

set -u
NODE=${NODE:-/dev/dri/renderD128}
PATIENCE=${PATIENCE:-1} # times each time limit
STEP=$((${STEP:-150} * PATIENCE)) # seconds until a step that hangs is given up and named
failed=0

# With the seconds since the last one, if they are many
since=$SECONDS
say()
{
	local took=$((SECONDS - since))
	since=$SECONDS
	[ "$took" -lt 3 ] || set -- "$* [$took s]"
	echo "$*"
}
ok() { say "ok   $*"; }
bad() { say "FAIL $*"; failed=1; }

# try NAME COMMAND...: its output is shown only if it fails
try()
{
	local name=$1 out
	shift
	if out=$("$@" 2>&1 </dev/null); then
		ok "$name"
	else
		bad "$name (status $?): $(tail -n 25 <<<"$out")"
	fi
}

# waits SECONDS COMMAND...: until it succeeds
waits()
{
	local out end=$((SECONDS + 1 + $1 * PATIENCE))
	until out=$("${@:2}" 2>&1 </dev/null); do
		[ $SECONDS -lt $end ] || { echo "not within $(($1 * PATIENCE)) s: ${*:2}: $out"; return 1; }
		sleep 0.1
	done
}

# node_in N: the guest has got the GPU's node
node_in() { waits 10 in-guest "$1" test -e "$NODE"; }

# ready PID OUTPUT: that program has said that it is, or has ended
ready() { grep -q '^info ready' "$2" || ! kill -0 "$1" 2>/dev/null; }

# becomes_ready PID OUTPUT
becomes_ready()
{
	waits 20 ready "$@" && grep -q '^info ready' "$2" || { cat "$2"; return 1; }
}

# connected NAME: that guest has one device, and it is connected
connected()
{
	local list
	list=$(vdrm list | tail -n +2)
	echo "$list"
	[ "$(grep -c "^$1 .* connected\$" <<<"$list")" = 1 ]
}

# The errno for an offset that is gone depends on who has it by now.
DIFFERENT='^result mmap of what is gone'

results()
{
	grep '^result' "$1" | grep -vE "$DIFFERENT"
}

# bounced: how much of dom0's memory was copied for devices at a time, in slots of
# 2 KiB. If it was a buffer of the GPU, results are wrong (docs/rig.md, trap 3).
bounced()
{
	local most=/sys/kernel/debug/swiotlb/io_tlb_used_hiwater
	[ ! -e $most ] || echo "(copied for devices: $(<$most))"
}

# why FILE: the checks that failed, each with what was said before it, or its end
why() { grep -B1 FAILED "$1" || tail -n 10 "$1"; bounced; }

# native NAME COMMAND...: run it in dom0 and keep its result lines; wavered: not at once
native()
{
	local name=$1
	shift
	local done=
	# The emulated GPU itself reads back wrong pixels now and then (docs/rig.md, trap 3).
	for _ in 1 2 3 4 5; do
		timeout "$STEP" "$@" >"/tmp/$name.native" 2>&1 </dev/null && done=1 && break
		wavered=1
		echo "$name in dom0: $(why "/tmp/$name.native")"
	done
	[ "$done" ] || bad "$name in dom0: $(why "/tmp/$name.native")"
	results "/tmp/$name.native" >"/tmp/$name.want"
	[ -s "/tmp/$name.want" ] || bad "$name in dom0 printed no result"
}

# front N NAME: a counter of the guest's
front() { counter <(in-guest "$1" sh -c 'cat /sys/kernel/debug/pvdrm-front/*/stats' </dev/null) "$2"; }

# async N: whether that guest gives work without waiting (CHECK_FRONT=async=0: it does not)
async() { [ "$(in-guest "$1" cat /sys/module/pvdrm_front/parameters/async </dev/null)" = Y ]; }

# varies NAME COMMAND...: dom0's own result is not the same five times
varies()
{
	cp "/tmp/$1.want" "/tmp/$1.first"
	wavered=
	for _ in 1 2 3 4; do
		native "$@"
		[ ! "$wavered" ] && cmp -s "/tmp/$1.want" "/tmp/$1.first" || return 0
	done
	return 1
}

# differs NAME N COMMAND...: while it is dom0's own result that varies (docs/rig.md,
# trap 3), both are taken again
differs()
{
	local name=$1 n=$2 again
	shift 2
	for again in 1 2 3 4 5 6 7 8; do
		results "/tmp/$name.guest$n" | diff "/tmp/$name.want" - >"/tmp/$name.diff$n" && return 1
		varies "$name" "$@" || return 0
		echo "dom0's own results vary ($again): $(bounced) $(diff "/tmp/$name.first" "/tmp/$name.want")"
		timeout "$STEP" in-guest "$n" "$@" >"/tmp/$name.guest$n" 2>&1 </dev/null
	done
	! results "/tmp/$name.guest$n" | diff "/tmp/$name.want" - >"/tmp/$name.diff$n"
}

# same N NAME COMMAND...: in guest N its result lines are those of dom0
same()
{
	local n=$1 name=$2 out
	shift 2
	out=/tmp/$name.guest$n
	# What has failed there may be what dom0's own results vary in.
	if ! timeout "$STEP" in-guest "$n" "$@" >"$out" 2>&1 </dev/null && ! grep -q FAILED "$out"; then
		bad "$name in guest $n: $(why "$out")"
	elif differs "$name" "$n" "$@"; then
		bad "$name in guest $n differs from dom0: $(head -n 10 "/tmp/$name.diff$n"; grep -B1 FAILED "$out")"
	else
		ok "$name in guest $n: $(wc -l <"/tmp/$name.want") results as in dom0"
	fi
}

# counter FILE NAME: one value of a debugfs stats file
counter()
{
	sed -n "s/^$2:\{0,1\} \{1,\}//p" "$1"
}

# idle DOMID DEVID: the backend holds nothing for that guest
idle() { waits 5 holds_nothing "/sys/kernel/debug/pvdrm-back/$1-$2/stats"; }
holds_nothing()
{
	local name value left=
	for name in files maps grants device-pages fences objects imports; do
		value=$(counter "$1" $name)
		[ "$value" = 0 ] || left+=" $name=$value"
	done
	echo "left behind:$left"
	[ -z "$left" ]
}

# no_backend DOMID: nothing in xenstore and no service for that guest
no_backend() { waits 10 backend_gone "$1"; }
backend_gone()
{
	! xenstore-ls "/local/domain/0/backend/vdrm/$1" 2>/dev/null && ! pgrep -af "vdrm serve $1"
}

# What they depend on is loaded from the first time.

# load_front N [PARAMETER...]
load_front()
{
	local n=$1
	shift
	# shellcheck disable=SC2016 # expanded in the guest
	in-guest "$n" sh -c 'insmod "/rig/modules/$(uname -r)/pvdrm-front.ko" "$@"' sh "$@" </dev/null
}

# load_back [PARAMETER...]
load_back()
{
	insmod "/rig/modules/$(uname -r)/pvdrm-back.ko" "$@"
}

# load_gpu STATS MODULE [PARAMETER...]: a module that is a GPU of dom0's; NODE is its node
load_gpu()
{
	insmod "./$2.ko" "${@:3}" || return
	NODE=$(counter "$1" node)
	waits 5 test -e "$NODE"
}

# unload MODULE: the last files are closed a moment after a service has ended
unload() { waits 5 rmmod "$1"; }

# detached N: detach its device, unload the frontend
detached()
{
	vdrm detach "$(xl domid "guest$1")" 0 && in-guest "$1" rmmod pvdrm-front
}

# gpu_fault COMMAND ARGUMENT: for the GPU of `--gpu nouveau` (tests/nvgpu/fault.h),
# which takes it as a word in PCI configuration space
gpu_fault()
{
	local word
	word=$(printf '\\%03o\\%03o\\%03o\\%03o' $(($2 & 255)) $(($2 >> 8 & 255)) $(($2 >> 16 & 255)) "$1")
	# shellcheck disable=SC2059 # the format is the word
	printf "$word" | dd of=/sys/class/drm/renderD128/device/config bs=4 seek=32 conv=notrunc 2>/dev/null
}

finish()
{
	[ $failed = 0 ] && echo "all as expected"
	exit $failed
}
