#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: what programs and the kernel do to a mapping is as in dom0, PV and PVH
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --gpu vgem --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/corners --timeout 300 -- ./corners pv pvh
