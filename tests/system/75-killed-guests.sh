#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: guests destroyed in the middle of all that mappings do leave nothing in dom0
set -eu
cd "$(dirname "$0")/../.."
kernel=${DOM0_KERNEL:-6.12}
build=$(tests/system/modules/build "$kernel")
exec tests/rig/run --gpu vgem --dom0-kernel "$kernel" --guest pv --in dom0 --put "$build/mover.ko" \
	--put tests/system/inside/lib.sh --put tests/system/inside/killed --timeout 900 -- ./killed pv 4 pvh 3
