#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: waits for a GPU's work end with an error when the device goes; what is held keeps the driver
set -eu
cd "$(dirname "$0")/../.."
kernel=${DOM0_KERNEL:-6.12}
build=$(tests/system/modules/build "$kernel")
exec tests/rig/run --gpu vgem --dom0-kernel "$kernel" --guest pv --in dom0 --put "$build/fencer.ko" \
	--put tests/system/inside/lib.sh --put tests/system/inside/lost-waits --timeout 140 -- ./lost-waits
