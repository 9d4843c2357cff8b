# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2054  # used by run; commas inside QEMU's words
# QEMU's command line, and starting it in the emulator's root.

# Mebibytes. dom0's is fixed (docs/rig.md, trap 3).
XEN_MEMORY=256 DOM0_MEMORY=1536 DOMU_MEMORY=${RIG_DOMU_MEMORY:-768}

# Guests that the rig starts, and those that the command starts itself.
all_guests() {
	echo $((GUESTS + ${RIG_GUEST_ROOM:-0}))
}

total_memory() {
	echo $((XEN_MEMORY + DOM0_MEMORY + $(all_guests) * (DOMU_MEMORY + 32)))
}

# virtio_options: trap 2, or dom0's virtio devices work on the wrong memory.
VIRTIO=disable-legacy=on,iommu_platform=on

# add_disk FILE ID
add_disk() {
	QEMU+=(-drive "file=$1,format=raw,if=none,id=$2,readonly=on,cache=unsafe"
		-device "virtio-blk-pci,drive=$2,$VIRTIO")
}

# add_port NAME CHARDEV
add_port() {
	QEMU+=(-chardev "$2,id=port-$1" -device "virtserialport,chardev=port-$1,name=$1")
}

# share_memory: with the other processes that a GPU consists of.
share_memory() {
	QEMU+=(-machine memory-backend=memory
		-object "memory-backend-memfd,id=memory,size=$(total_memory)M,share=on")
}

# add_gpu: nouveau's is a program of its own (tests/nvgpu); venus has a process that
# renders for each client, and gives the CPU its memory through a BAR (hostmem).
add_gpu() {
	case $GPU in
	virtio) QEMU+=(-display "sdl,gl=on" -device "virtio-gpu-gl-pci,$VIRTIO") ;;
	venus) share_memory
		QEMU+=(-display "sdl,gl=on"
			-device "virtio-gpu-gl-pci,$VIRTIO,blob=on,hostmem=512M,venus=on") ;;
	nouveau) share_memory
		QEMU+=(-display none -device '{"driver":"vfio-user-pci","socket":{"type":"unix","path":"/tmp/nvgpu"}}') ;;
	*) QEMU+=(-display none) ;;
	esac
}

# qemu_command: fills QEMU; files are named as the emulator's root shows them.
qemu_command() {
	local n file
	local xen="console=com1 com1=115200,8n1 dom0_mem=${DOM0_MEMORY}M,max:${DOM0_MEMORY}M dom0_max_vcpus=$SMP"
	# Trap 1: without eager-fpu user space is corrupted as soon as a guest runs.
	xen+=" spec-ctrl=no,eager-fpu xpti=no pv-l1tf=no loglvl=warning guest_loglvl=all ${RIG_XEN_ARGS:-}"
	local linux="console=hvc0 $DOM0_CMDLINE rig.role=dom0"
	local kernel=/run/parts/kernels/vmlinux-$DOM0_KERNEL
	[ "$DOM0_KERNEL" != debug ] || kernel=/run/parts/image/vmlinux-debug
	QEMU=(qemu-system-x86_64 -machine q35 -accel tcg,thread=multi
		# Trap 4: with rdtscp Xen kills PVH guests.
		-cpu "max,-rdtscp" -smp "$SMP" -m "$(total_memory)"
		-nodefaults -no-user-config -no-reboot -nic none
		-chardev file,id=serial,path=/run/rig/xen-dom0.log -serial chardev:serial
		-kernel /run/parts/kernels/xen -append "$xen"
		-initrd "$kernel $linux,/run/parts/image/initrd-$DOM0_KERNEL")
	add_disk /run/parts/image/root.img root
	add_disk /run/rig/job.img job
	QEMU+=(-device "virtio-serial-pci,$VIRTIO")
	for file in events stdout stderr files logs; do
		add_port "$file" "file,path=/run/rig/$file"
	done
	for ((n = 1; n <= $(all_guests); n++)); do
		add_port "guest$n" "file,path=/run/rig/guest$n.log"
	done
	[ "$RUN_SHELL" = no ] || add_port shell stdio,signal=off
	add_gpu
	# shellcheck disable=SC2206  # several words
	QEMU+=(${RIG_QEMU_ARGS:-})
	[ -z "${RIG_PLUGIN:-}" ] || QEMU+=(-plugin /run/rig/plugin.so)
}

# start_emulator: in the background, in namespaces of its own, so that all its
# processes end with EMULATOR, and EMULATOR ends with this script.
start_emulator() {
	local entry=$RIG_DIR/lib/enter-emulator out=2
	# Only a console for a person goes to our own output.
	[ "$RUN_SHELL" = no ] || out=1
	qemu_command
	printf '%q ' "${QEMU[@]}" >"$RUN_DIR/qemu-command"
	setpriv --pdeathsig KILL -- \
		unshare --mount --pid --net --ipc --fork --kill-child=KILL --propagation private -- setsid \
		"$entry" "$(part_dir emulator)/root" "$RUN_DIR" "$(part_dir kernels)" "$(part_dir "$IMAGE")" \
		"$GPU" "${QEMU[@]}" <&0 2>"$RUN_DIR/emulator.log" >&"$out" &
	EMULATOR=$!
}
