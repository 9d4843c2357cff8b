#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: what programs and the kernel do to a mapping is as in dom0, PV and PVH
set -eu
cd "$(dirname "$0")/../.."
kernel=${DOM0_KERNEL:-6.12}
build=$(tests/system/modules/build "$kernel")
exec tests/rig/run --gpu vgem --dom0-kernel "$kernel" --domu-kernel "$kernel" --guest pv --in dom0 \
	--put "$build/memtype.ko" --put tests/system/inside/lib.sh --put tests/system/inside/corners --timeout 300 -- ./corners pv pvh
