#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a PV guest uses dom0's vgem, whose buffers belong to the primary node
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --gpu vgem --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/vgem --timeout 300 -- ./vgem
