#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: pages that move all the time under a PVH guest's hands lose no word
set -eu
cd "$(dirname "$0")/../.."
kernel=${DOM0_KERNEL:-6.12}
build=$(tests/system/modules/build "$kernel")
# Emulated, its exits are so slow that honest acknowledgements can take long.
export RIG_BACK_PARAMETERS=ack_timeout_ms=4000
exec tests/rig/run --gpu vgem --dom0-kernel "$kernel" --guest pvh --in dom0 --put "$build/mover.ko" \
	--put tests/system/inside/lib.sh --put tests/system/inside/moving --timeout 500 -- ./moving 8 brief
