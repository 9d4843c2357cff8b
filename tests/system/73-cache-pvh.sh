#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a PVH guest that keeps freed buffers of vgem sees what one does that keeps none
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --gpu vgem --guest pvh --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/cache --timeout 150 -- env PRIMARY=1 ./cache
