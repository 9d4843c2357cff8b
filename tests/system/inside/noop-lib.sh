# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the scripts for GPUs that do nothing (tests/noop); after lib.sh.

STATS=/sys/kernel/debug/noop/stats

# Not compared, by kernel driver, Mesa's driver, and numbers of ioctls. How often a program asks whether something is done depends
# on when it asks. And PVDRM itself refuses what counts performance (i915's QUERY, v3d's GET_PARAM),
# raises a priority (i915's CONTEXT_SETPARAM) or tells dom0's time (xe's DEVICE_QUERY).
declare -A LEFT_OUT=(
	[amdgpu-radeonsi]='07|09|12'	# GEM_WAIT_IDLE, WAIT_CS, WAIT_FENCES
	[amdgpu-radv]='07|09|12'
	[etnaviv-etnaviv]='04|05|07'	# GEM_CPU_PREP, GEM_CPU_FINI, WAIT_FENCE
	[i915-crocus]='17|2c|39'	# GEM_BUSY, GEM_WAIT, QUERY
	[i915-iris]='17|2c|39'
	[i915-anv]='17|2c|39|35'
	[i915-hasvk]='17|2c|39|35'
	[panfrost-panfrost]='01'	# WAIT_BO
	[radeon-r600]='24|2a'		# GEM_WAIT_IDLE, GEM_BUSY
	[v3d-v3d]='01|04'		# WAIT_BO, GET_PARAM
	[xe-anv]='00'
)

# Calls whose contents vary in dom0 as well are only counted. Threads of radeonsi make buffers in
# an order that varies, and handles and addresses with it. Commands of nouveau and of zink on NVK
# have words that nobody has set; something in panfrost's buffers is another one in each run.
declare -A COUNTED=(
	[amdgpu-radeonsi]='01|04|08'	# GEM_MMAP, CS, GEM_VA
	[nouveau-nouveau]='41'		# GEM_PUSHBUF
	[nouveau-zink]='12'		# EXEC
	[panfrost-panfrost]='00'	# SUBMIT
)

# What a program must be told
declare -A TOLD=(
	[nouveau]=NOUVEAU_DISABLE_FENCES=true	# no commands run that would store a fence's number
	[zink]=NOUVEAU_USE_ZINK=true
	# Of tests/mesa/build
	[etnaviv]=LD_LIBRARY_PATH=/mesa/lib
	[panfrost]=LD_LIBRARY_PATH=/mesa/lib
	[v3d]=LD_LIBRARY_PATH=/mesa/lib
)

# forget_asked: begin anew
forget_asked() { echo 0 >$STATS; }

# asked DRIVER[-MODEL]-MESA: what the GPU was asked for since then, a line for each ioctl
asked()
{
	local both=${1%%-*}-${1##*-}
	grep '^ioctl-' $STATS | grep -vE "^ioctl-(${LEFT_OUT[$both]:-none}):" |
		sed -E "s/^(ioctl-(${COUNTED[$both]:-none}): [0-9]+) .*/\1/"
	forget_asked
}

# load_noop DRIVER[/MODEL]
load_noop()
{
	local parameters=("driver=${1%/*}")
	[[ $1 != */* ]] || parameters+=("model=${1#*/}")
	modprobe drm_shmem_helper && load_gpu $STATS noop "${parameters[@]}"
}
