#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: pages that move all the time under a PV guest's hands lose no word
set -eu
cd "$(dirname "$0")/../.."
build=$(tests/system/modules/build 6.12)
exec tests/rig/run --gpu vgem --guest pv --in dom0 --put "$build/mover.ko" \
	--put tests/system/inside/lib.sh --put tests/system/inside/moving --timeout 400 -- ./moving
