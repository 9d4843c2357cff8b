#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: buffers that move in and out of a BAR under a PV guest's hands lose no word
set -eu
cd "$(dirname "$0")/../.."
kernel=${DOM0_KERNEL:-6.12}
build=$(tests/system/modules/build "$kernel")
export RIG_QEMU_ARGS='-object memory-backend-ram,id=vram,size=16M,share=on -device ivshmem-plain,memdev=vram'
# Xen tells of each page otherwise, over a serial line.
export RIG_XEN_ARGS=guest_loglvl=warning
exec tests/rig/run --gpu vgem --dom0-kernel "$kernel" --domu-kernel "$kernel" --guest pv --in dom0 --put "$build/vmover.ko" --put "$build/evil-front.ko" \
	--put tests/system/inside/lib.sh --put tests/system/inside/vram --timeout 400 -- ./vram pv
